/** Loads the declarations of all commands, options and help topics. */
import type { CommandEntry } from '../command.js'
import { exitMeanings } from '../errors/exit-codes.js'
import { topics } from '../help/topics.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import type { Paint } from '../output/index.js'
import { type Documentation, headingMark } from './tree.js'

/** Marks headings, so that the manual pages recognise them. */
const markedHeadings: Paint = (role, text) => (role === 'heading' ? `${headingMark}${text}` : text)

/** The width of topics in columns: manual pages have 80 and indent their text. */
const topicWidth = 70

export async function loadTree(version: string, entries: readonly CommandEntry[]): Promise<Documentation> {
  const names = new Set(globalOptions.map(({ name }) => name))
  const authOptions = (await authenticationOptions()).filter(({ name }) => !names.has(name))
  return {
    version,
    nouns: await Promise.all(
      entries
        .filter(({ hidden }) => hidden !== true)
        .map(async ({ name, summary, section, load }) => ({
          name,
          summary,
          section,
          declaration: await load(),
        })),
    ),
    globals: [...globalOptions, ...authOptions],
    topics: await Promise.all(
      topics.map(async ({ name, summary, text }) => ({
        name,
        summary,
        text: await text({ paint: markedHeadings, width: topicWidth }, entries),
      })),
    ),
    exitStatuses: exitMeanings,
  }
}
