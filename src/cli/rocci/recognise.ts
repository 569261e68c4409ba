/**
 * Whether a command line is meant for rOCCI-cli. Its flat form has options only, one of which names the work
 * (`--action`, `--dump-model`, `--examples`); ours begins with a command. Stray words are no obstacle:
 * rOCCI-cli ignored them, and programs give some (`--voms VO`).
 */
import { tokens } from './optparse.js'

/** Options that only rOCCI's form has, and that say what to do. */
const telling = new Set(['action', 'dump-model', 'examples'])

/** Options, by long name and by letter, that our own form has too. */
const shared = new Set([
  ...['endpoint', 'auth', 'timeout', 'username', 'password', 'ca-path', 'ca-file', 'user-cred', 'voms'],
  ...['token', 'media-type', 'context', 'help', 'version', 'e', 'o', 'q', 'y', 'v', 'h'],
])

/** `commands` are the words with which a line of ours begins. */
export function isRocciForm(argv: readonly string[], commands: ReadonlySet<string>): boolean {
  let told = false
  let foreign = false
  let words = 0
  let afterFlag = -1
  for (const token of tokens(argv)) {
    if (token.is === 'option') {
      const { long, short, kind } = token.option
      told ||= telling.has(long)
      foreign ||= !shared.has(argv[token.at]?.startsWith('--') ? long : short)
      if (kind === 'flag') afterFlag = token.at + 1
    } else if (token.is === 'word') {
      words++
      // `--voms VO`: a word right after a flag was meant as its value, whatever it is.
      if (token.rest !== true && token.at !== afterFlag && commands.has(token.text)) return false
    }
  }
  // Without an action, `occi -d -v` and `occi --resource compute` are still nothing of ours.
  return told || (foreign && words === 0)
}
