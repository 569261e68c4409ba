/** `occi compute ip NAME…`: prints the addresses of machines. */
import { COMPUTE } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { runForEach } from '../base/bulk.js'
import { chooseTargets, nameArgument } from '../base/targets.js'
import { whereOption } from '../base/where-filter.js'
import { addressFilter, addressFilterOptions, noAddressError } from './address-filter.js'
import { readMachine } from './machine.js'
import { addressColumn, addressColumns, addressesOf, addressRecord } from './record.js'

export const computeIp: CommandDeclaration = {
  path: ['compute', 'ip'],
  summary: 'Print the addresses of a virtual machine, one per line',
  description: 'The exit status is 6 if it has none.',
  arguments: [{ ...nameArgument(COMPUTE, 'virtual machine'), required: false }],
  options: [...addressFilterOptions, whereOption(COMPUTE, 'virtual machines')],
  examples: [
    { title: 'All its addresses', command: 'occi compute ip web' },
    { title: 'The public one, in a script', command: 'ADDRESS=$(occi compute ip web --public -4 | head -1)' },
    { title: 'With their networks', command: 'occi compute ip web -o wide' },
  ],
  atSites: 'reads',
  run: show,
}

async function show(context: CommandContext): Promise<Output> {
  const filter = addressFilter(context)
  const client = await context.client()
  const { names, find } = await chooseTargets(context, { kind: COMPUTE, many: 'virtual machines' })
  const records = new Map<string, readonly OutputRecord[]>()
  await runForEach(context, names, 'Reading', async (name) => {
    const target = await find(name)
    const machine = await readMachine(context, client, target)
    const addresses = addressesOf(machine)
    const matching = addresses.filter(({ address }) => filter.matches(address))
    const matchingRecords = matching.map((each) => addressRecord(each, machine))
    const [first] = matchingRecords
    if (first === undefined) {
      throw noAddressError(
        name,
        filter,
        addresses.map(({ address }) => address),
      )
    }
    records.set(name, matchingRecords)
    return first
  })
  const showsAllColumns =
    context.settings.get('output') === 'wide' || context.options.text('columns') !== undefined
  return {
    shape: 'list',
    records: names.flatMap((name) => records.get(name) ?? []),
    columns: showsAllColumns ? addressColumns : [addressColumn],
    pipeFormat: 'value',
    terminalFormat: 'value',
  }
}
