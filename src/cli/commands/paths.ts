/** `occi list-path PATH/` and `occi delete-path PATH/`, and their old names: resources below any path (GFD.223 §5). */

import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext, Invocation } from '../context.js'
import type { Output } from '../output/types.js'
import { idColumn, nameColumn, urlColumn } from '../records/columns.js'
import { locationRecord } from '../records/entity.js'
import { lazyLocationRecords } from '../records/location-records.js'
import { changeOutput } from './base/change-output.js'
import { needsConfirmation, requireYesForAll } from './base/confirmation.js'
import { readableItems } from './base/readable.js'

export const listPath = (verb: string): CommandDeclaration => ({
  path: [verb],
  summary: 'List resources under a path of the provider',
  arguments: [{ name: 'PATH', description: 'a path that ends in a slash', required: false }],
  options: [],
  examples: [
    { title: 'Everything', command: `occi ${verb} /` },
    { title: 'Resources under a path', command: `occi ${verb} /compute/ -o url` },
  ],
  atSites: 'reads',
  run: async (context) => {
    const client = await context.client()
    const locations = client.locations(await pathOf(context, verb, '/'), { signal: context.signal })
    return {
      shape: 'list',
      records: lazyLocationRecords(readableItems(context, locations.batches())),
      columns: [nameColumn, idColumn, urlColumn],
      pipeFormat: 'url',
      empty: 'There is nothing below this path.',
    }
  },
})

export const deletePath = (verb: string): CommandDeclaration => ({
  path: [verb],
  summary: 'Delete everything below a path of the provider',
  arguments: [{ name: 'PATH', description: 'a path that ends in a slash' }],
  options: [
    { name: 'all', description: 'confirm recursive delete', env: 'none' },
    {
      name: 'members',
      description: 'if PATH is the collection of a mixin, delete the resources that have the mixin',
      env: 'none',
    },
  ],
  examples: [
    { title: 'All machines, after confirmation', command: `occi ${verb} /compute/ --all` },
    { title: 'In a script', command: `occi ${verb} /compute/ --all --yes` },
  ],
  atSites: 'writes',
  run: (context) => deleteBelow(context, verb),
})

async function deleteBelow(context: CommandContext, verb: string): Promise<Output | undefined> {
  const path = await pathOf(context, verb)
  if (!context.options.isSet('all')) {
    throw new UsageError(`This would delete everything below ${path}`, {
      hint: `To confirm, use occi ${verb} ${path} --all. To delete one resource, use its noun: occi compute delete NAME.`,
      at: '--all',
    })
  }
  requireYesForAll(context, 'Deleting a whole path', 'Use --yes to delete without confirmation.')
  const client = await context.client()
  const locations: string[] = []
  for await (const location of client.locations(path, { signal: context.signal })) {
    // Sub-paths are listed as well and are not deleted.
    if (!location.endsWith('/')) locations.push(location)
  }
  if (needsConfirmation(context)) {
    await context.prompts.confirmTyped(
      { message: `This deletes everything below ${path}.`, withoutPrompt: 'Use --yes.' },
      path,
    )
  }
  await client.deleteAll(path, { signal: context.signal, members: context.options.isSet('members') })
  context.inform(`Deleted everything below ${path}.`)
  return changeOutput(
    context,
    locations.map((location) => locationRecord(location, { deleted: true })),
    { single: false },
  )
}

/** The argument PATH. Throws UsageError if it is not the path of a collection. */
async function pathOf(context: Invocation, verb: string, defaultPath = ''): Promise<string> {
  const path = context.word('PATH') ?? defaultPath
  if (path.endsWith('/')) return path
  const { suggestionFor } = await import('../shortcuts.js')
  const suggestion = suggestionFor([verb.replace(/-path$/, ''), path])
  throw new UsageError(`"${path}" is not the path of a collection: it does not end in a slash`, {
    hint: `Write ${path}/, or use a noun${suggestion === undefined ? '.' : `. ${suggestion}`}`,
    at: 'PATH',
  })
}
