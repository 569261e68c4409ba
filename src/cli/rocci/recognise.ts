/**
 * Whether a command line is meant for rOCCI-cli: its flat form has options only, one of which names the
 * work (`--action`, `--dump-model`, `--examples`). Ours begins with a noun.
 */
import { longOption, rocciOptions, shortOption } from './options.js'

/** Options that only rOCCI's form has, and that say what to do. */
const telling = new Set(['action', 'dump-model', 'examples'])

export function isRocciForm(argv: readonly string[]): boolean {
  let told = false
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return false
    if (word.startsWith('--')) {
      const name = word.slice(2).split('=', 1)[0] ?? ''
      const found = longOption(name)
      const option = 'long' in found ? found : undefined
      if (option === undefined) continue
      told ||= telling.has(option.long)
      if (option.kind !== 'flag' && !word.includes('=')) at++
    } else if (word.startsWith('-') && word.length > 1) {
      for (let i = 1; i < word.length; i++) {
        const option = shortOption(word.charAt(i))
        if (option === undefined) break
        told ||= telling.has(option.long)
        if (option.kind !== 'flag') {
          if (i === word.length - 1) at++
          break
        }
      }
    } else {
      return false
    }
  }
  return told
}

/** For the manual's table and the tests: the words that tell. */
export const tellingOptions = rocciOptions.filter((option) => telling.has(option.long))
