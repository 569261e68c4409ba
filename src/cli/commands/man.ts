/** `occi man`: shows a manual page, which need not be installed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, CommandEntry } from '../command.js'
import { suggestion } from '../output/index.js'

/** `entries` are the commands that have a page. */
export const man = (entries: readonly CommandEntry[]): CommandDeclaration => ({
  path: ['man'],
  summary: 'Show a manual page, whether the pages are installed or not',
  description:
    'The pages are part of the program. The man program of the system shows them; without it, use "occi help TOPIC" or --roff.',
  arguments: [
    {
      name: 'TOPIC',
      description: 'a command or a help topic: compute, security; default: occi itself',
      required: false,
    },
  ],
  contextless: true,
  options: [{ name: 'roff', description: 'print the source of the page', env: 'none' }],
  examples: [
    { title: 'The page of a command', command: 'occi man compute' },
    { title: 'Save a page as a file', command: 'occi man compute --roff > occi-compute.1' },
  ],
  run: async (context) => {
    const { manualPages } = await import('../docs/man/pages.js')
    const { loadTree } = await import('../docs/load.js')
    const pages = manualPages(await loadTree(context.runtime.version, entries))
    const topic = context.word('TOPIC')
    const topicOf = (pageName: string) => pageName.replace(/^occi-|\.\d$/g, '')
    const page = pages.find(({ name }) => topicOf(name) === (topic ?? 'occi'))
    if (page === undefined) {
      throw new UsageError(`There is no manual page "${topic}"`, {
        at: 'TOPIC',
        hint: suggestion(
          topic ?? '',
          pages.map(({ name }) => topicOf(name)),
          'Pages',
        ),
      })
    }
    if (context.options.isSet('roff')) {
      await context.streams.out.write(page.text)
      return undefined
    }
    const folder = await mkdtemp(join(tmpdir(), 'occi-man-'))
    try {
      const file = join(folder, page.name)
      await writeFile(file, page.text)
      context.endWithStatus(
        await context.runtime.spawn(
          'man',
          // man shows a file if the word contains a slash; the one of macOS before 13 has no -l.
          [file],
          'Install it (Debian: man-db), or use "occi help" or --roff.',
        ),
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  },
})
