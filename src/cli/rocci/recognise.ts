/**
 * Recognises command lines of rOCCI-cli. They consist of options, one of which selects the operation (`--action`,
 * `--dump-model`, `--examples`), while the regular form begins with a command. Extra words are allowed, because
 * rOCCI-cli ignored them and programs pass some (`--voms VO`).
 */
import { tokens } from './optparse.js'

/** Options that exist only in rOCCI's form and choose the operation. */
const operationOptions = new Set(['action', 'dump-model', 'examples'])

/** Options that both forms have, by long name and letter. */
const sharedOptions = new Set([
  ...['endpoint', 'auth', 'timeout', 'username', 'password', 'ca-path', 'ca-file', 'user-cred', 'voms'],
  ...['token', 'media-type', 'context', 'help', 'version', 'e', 'o', 'q', 'y', 'v', 'h'],
])

/** Whether the words are a command line of rOCCI-cli. `commands` are the command words of the regular form. */
export function isRocciForm(argv: readonly string[], commands: ReadonlySet<string>): boolean {
  let hasOperation = false
  let hasRocciOnlyOption = false
  let wordCount = 0
  let indexAfterFlag = -1
  for (const token of tokens(argv)) {
    if (token.type === 'option') {
      const { long, short, kind } = token.option
      hasOperation ||= operationOptions.has(long)
      hasRocciOnlyOption ||= !sharedOptions.has(argv[token.index]?.startsWith('--') ? long : short)
      if (kind === 'flag') indexAfterFlag = token.index + 1
    } else if (token.type === 'word') {
      wordCount++
      // `--voms VO`: a word after a flag was meant as its value.
      if (token.afterDashes !== true && token.index !== indexAfterFlag && commands.has(token.text))
        return false
    }
  }
  // Even without an action, `occi -d -v` and `occi --resource compute` are in rOCCI's form.
  return hasOperation || (hasRocciOnlyOption && wordCount === 0)
}
