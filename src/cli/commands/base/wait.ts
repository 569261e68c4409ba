/** `occi NOUN wait NAME… --for CONDITION`. */
import type { WaitCondition } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration, OptionDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { callIt, entityRecord, locationRecord } from '../../records/entity.js'
import type { Noun } from '../noun.js'
import { forEach } from './bulk.js'
import { changed } from './changed.js'
import { chooseTargets, nameArgument, type Subject } from './targets.js'
import { defaultWaitTimeout, inState, waitFor } from './wait-options.js'
import { whereOption } from './where.js'

export function waitCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'wait'],
    summary: `Wait until ${noun.one} is in a state`,
    description: 'Ends at once with exit status 12 when the state is "error", and with 9 after the timeout.',
    arguments: [{ ...nameArgument(noun.kind, noun.one), required: false }],
    options: [...conditionOptions(noun.kind, noun.ready), whereOption(noun.kind, noun.many)],
    examples: [
      { say: `Until it is ${noun.ready}`, command: `occi ${noun.name} wait ${noun.sample}` },
      {
        say: 'Until it is gone, at most five minutes',
        command: `occi ${noun.name} wait ${noun.sample} --for deleted --timeout 5m`,
      },
      { say: 'Until it has an address', command: `occi ${noun.name} wait ${noun.sample} --for ip` },
    ],
    run: (context) => wait(context, noun),
  }
}

export function conditionOptions(kind: string, ready: string): readonly OptionDeclaration[] {
  return [
    {
      name: 'for',
      value: 'CONDITION',
      description: 'state=STATE (or just STATE), deleted, exists, ip, or NAME=VALUE of an attribute',
      default: `state=${ready}`,
      completion: { of: 'state', kind },
    },
    {
      name: 'timeout',
      value: 'DURATION',
      description: 'give up after this long; exit status 9',
      default: defaultWaitTimeout,
      env: 'none',
    },
  ]
}

export async function wait(
  context: CommandContext,
  noun: Subject & Pick<Noun, 'one' | 'ready'>,
): Promise<Output | undefined> {
  const { one, ready } = noun
  const condition = parseCondition(context.options.text('for') ?? `state=${ready}`)
  const client = await context.client()
  const { names, single, find } = await chooseTargets(context, noun)
  const records = await forEach(context, names, 'Waiting', async (name) => {
    const { location } = await find(name)
    const entity = await waitFor(context, client, location, name, condition, 'timeout')
    const record = entity === undefined ? locationRecord(location, { deleted: true }) : entityRecord(entity)
    context.say(
      entity === undefined
        ? `${one} ${name} is gone.`
        : `${one} ${callIt(record)} is there${inState(entity)}.`,
    )
    return record
  })
  return changed(context, records, single)
}

const words: Readonly<Record<string, WaitCondition>> = {
  deleted: { for: 'deleted' },
  exists: { for: 'exists' },
  ip: { for: 'ip' },
}

/** `state=active`, `active`, `deleted`, `exists`, `ip`, `occi.compute.cores=2`. Throws UsageError. */
export function parseCondition(text: string): WaitCondition {
  const known = Object.hasOwn(words, text) ? words[text] : undefined
  if (known !== undefined) return known
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(equals, 0)).trim()
  const value = text.slice(equals + 1).trim()
  if (value === '' || (equals >= 0 && name === '')) {
    throw new UsageError(`--for cannot be "${text}"`, {
      hint: 'Say state=active, deleted, exists, ip, or NAME=VALUE.',
      at: '--for',
    })
  }
  if (equals < 0 || name === 'state') return { for: 'state', state: value }
  return { for: 'attribute', name: name.startsWith('attr:') ? name.slice(5) : name, value }
}
