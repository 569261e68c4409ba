/**
 * Parses a shell script as far as translation requires: simple commands and their words. Expansions are kept as
 * written.
 */
import { shellWord } from '../../basics/shell-word.js'

/** A word without its quotes. Its text has a placeholder character for each expansion. */
interface ShellWord {
  readonly text: string
  /** Start and end of the word in the script. */
  readonly from: number
  readonly to: number
}

/** The expansion that a placeholder stands for: `$X`, `$(…)`, backticks, `~`. */
interface Expansion {
  readonly source: string
  /** Whether it was in double quotes, so that its value is one word. */
  readonly quoted: boolean
}

export interface ShellCommand {
  readonly words: readonly ShellWord[]
  /** Start of the first and end of the last word or redirection in the script. */
  readonly from: number
  readonly to: number
  /** Redirections among the words, as written. */
  readonly redirections: readonly string[]
}

/** Placeholders are private-use characters of Unicode. */
const firstPlaceholder = 0xe000
const lastPlaceholder = 0xf8ff
const placeholder = /[\ue000-\uf8ff]/u

/** The commands of a script. */
export class Shell {
  readonly commands: ShellCommand[] = []
  readonly #text: string
  readonly #expansions: Expansion[] = []
  readonly #translateInner: (text: string, at: number) => string
  #position = 0
  #heredocs: { readonly end: string; readonly tabs: boolean }[] = []

  /** `translateInner` gets the text and position of each `$(…)` and returns its replacement. */
  constructor(text: string, translateInner: (text: string, at: number) => string) {
    this.#text = text
    this.#translateInner = translateInner
    while (this.#position < text.length) this.#readCommand()
  }

  /** Whether the text contains an expansion, so that its value is known only at run time. */
  isDynamic(text: string): boolean {
    return placeholder.test(text)
  }

  /** Writes a word for a shell: restores expansions and quotes the rest where necessary. */
  write(text: string): string {
    if (!placeholder.test(text)) return shellWord(text)
    const parts = [...text]
    const expansions = parts.map((part) => this.#expansions[part.charCodeAt(0) - firstPlaceholder])
    if (expansions.every((expansion) => expansion === undefined || expansion.quoted)) {
      const inside = parts.map((part, index) => expansions[index]?.source ?? part.replace(/["\\$`]/, '\\$&'))
      return `"${inside.join('')}"`
    }
    let result = ''
    let plain = ''
    const flush = () => {
      if (plain !== '') result += shellWord(plain)
      plain = ''
    }
    for (const [index, part] of parts.entries()) {
      const expansion = expansions[index]
      if (expansion === undefined) plain += part
      else {
        flush()
        result += expansion.quoted ? `"${expansion.source}"` : expansion.source
      }
    }
    flush()
    return result
  }

  #readCommand(): void {
    const words: ShellWord[] = []
    const redirections: string[] = []
    let from = -1
    let to = -1
    for (;;) {
      this.#skipBlanks()
      const character = this.#text.charAt(this.#position)
      const isRedirection = this.#text.startsWith('&>', this.#position)
      if (!isRedirection && (character === '' || /[\n;&|()]/.test(character))) {
        this.#position++
        if (character === '\n') this.#skipHeredocs()
        break
      }
      if (character === '#') {
        while (this.#position < this.#text.length && this.#text.charAt(this.#position) !== '\n')
          this.#position++
        continue
      }
      const start = this.#position
      if (from < 0) from = start
      const redirection = /^(?:\d*(?:>>|>\||>&|<<<|<<-?|<&|<>|>|<)|&>>?)/.exec(
        this.#text.slice(start, start + 8),
      )
      if (redirection !== null && !/^[<>]\(/.test(this.#text.slice(start, start + 2))) {
        this.#readRedirection(redirection[0])
        redirections.push(this.#text.slice(start, this.#position))
      } else {
        words.push({ text: this.#readWord(), from: start, to: this.#position })
        // After a reserved word, another command begins.
        if (words.length === 1 && reserved.has(words[0]?.text ?? '') && words[0]?.to === this.#position) {
          words.length = 0
          from = -1
          continue
        }
      }
      to = this.#position
    }
    if (words.length > 0) this.commands.push({ words, redirections, from, to })
  }

  #readRedirection(operator: string): void {
    this.#position += operator.length
    this.#skipBlanks()
    const start = this.#position
    const word = this.#readWord()
    if (/<<-?$/.test(operator)) {
      const end = placeholder.test(word) ? this.#text.slice(start, this.#position) : word
      this.#heredocs.push({ end, tabs: operator.endsWith('-') })
    }
  }

  #skipHeredocs(): void {
    for (const { end, tabs } of this.#heredocs) {
      while (this.#position < this.#text.length) {
        const next = this.#text.indexOf('\n', this.#position)
        const line = this.#text.slice(this.#position, next < 0 ? undefined : next)
        this.#position = next < 0 ? this.#text.length : next + 1
        if ((tabs ? line.replace(/^\t+/, '') : line) === end) break
      }
    }
    this.#heredocs = []
  }

  #skipBlanks(): void {
    for (;;) {
      const character = this.#text.charAt(this.#position)
      if (character === ' ' || character === '\t' || character === '\r') this.#position++
      else if (character === '\\' && /^\r?\n/.test(this.#text.slice(this.#position + 1, this.#position + 3)))
        this.#position = this.#text.indexOf('\n', this.#position) + 1
      else return
    }
  }

  #readWord(): string {
    let word = ''
    const start = this.#position
    const text = this.#text
    while (this.#position < text.length) {
      const character = text.charAt(this.#position)
      // In a function definition the parentheses end the name.
      if (text.startsWith('()', this.#position)) break
      // Accepts `size=num(10)` without quotes, which a shell would refuse.
      if (character === '(' && this.#position > start && text.charAt(this.#position - 1) !== '=') {
        const close = this.#indexAfterClosing(this.#position)
        word += text.slice(this.#position, close)
        this.#position = close
        continue
      }
      if (/[\s;&|()<>]/.test(character)) {
        // `<(…)` is a word.
        if (this.#position === start && /[<>]/.test(character) && text.charAt(start + 1) === '(') {
          this.#position = this.#indexAfterClosing(start + 1)
          return this.#placeholderFor(text.slice(start, this.#position), false)
        }
        break
      }
      if (character === "'") {
        const end = text.indexOf("'", this.#position + 1)
        const close = end < 0 ? text.length : end
        word += text.slice(this.#position + 1, close)
        this.#position = close + 1
      } else if (character === '"') word += this.#readDoubleQuoted()
      else if (character === '\\') {
        if (text.charAt(this.#position + 1) !== '\n') word += text.charAt(this.#position + 1)
        this.#position += 2
      } else if (character === '$' || character === '`') word += this.#readExpansion(false)
      else if (character === '{' && this.#position === start && /\s/.test(text.charAt(start + 1))) {
        // A single `{` begins a group.
        word += character
        this.#position++
      } else if ((character === '~' && this.#position === start) || /[*?[{]/.test(character)) {
        const match = /^(?:~[\w.-]*|\{\}|[*?[{])/.exec(text.slice(this.#position)) ?? ['']
        word += this.#placeholderFor(match[0] ?? '', false)
        this.#position += Math.max(1, match[0]?.length ?? 1)
      } else {
        word += character
        this.#position++
      }
    }
    // Skips a character that begins no word.
    if (this.#position === start) this.#position++
    return word
  }

  #readDoubleQuoted(): string {
    const text = this.#text
    let inside = ''
    this.#position++
    while (this.#position < text.length) {
      const character = text.charAt(this.#position)
      if (character === '"') {
        this.#position++
        return inside
      }
      if (character === '\\') {
        const next = text.charAt(this.#position + 1)
        if (next !== '\n') inside += /["\\$`]/.test(next) ? next : `\\${next}`
        this.#position += 2
      } else if (character === '$' || character === '`') inside += this.#readExpansion(true)
      else {
        inside += character
        this.#position++
      }
    }
    return inside
  }

  #readExpansion(quoted: boolean): string {
    const text = this.#text
    const start = this.#position
    if (text.startsWith('$((', start)) {
      const end = text.indexOf('))', start)
      this.#position = end < 0 ? text.length : end + 2
    } else if (text.startsWith('$(', start)) {
      this.#position = this.#indexAfterClosing(start + 1)
      const body = text.slice(start + 2, this.#position - 1)
      return this.#placeholderFor(`$(${this.#translateInner(body, start + 2)})`, quoted)
    } else if (text.charAt(start) === '`') {
      let end = start + 1
      while (end < text.length && text.charAt(end) !== '`') end += text.charAt(end) === '\\' ? 2 : 1
      this.#position = Math.min(end + 1, text.length)
      const body = text.slice(start + 1, this.#position - 1)
      const translated = body.includes('\\') ? body : this.#translateInner(body, start + 1)
      const source = translated === body ? text.slice(start, this.#position) : `$(${translated})`
      return this.#placeholderFor(source, quoted)
    } else if (text.startsWith('${', start)) {
      const end = text.indexOf('}', start)
      this.#position = end < 0 ? text.length : end + 1
    } else {
      const name = /^\$(?:[A-Za-z_]\w*|[\d@*#?$!-])/.exec(text.slice(start, start + 200))
      if (name === null) {
        this.#position++
        return '$'
      }
      this.#position += name[0].length
    }
    return this.#placeholderFor(text.slice(start, this.#position), quoted)
  }

  /** The index after the parenthesis that closes the one at `open`. */
  #indexAfterClosing(open: number): number {
    const text = this.#text
    let depth = 0
    for (let at = open; at < text.length; at++) {
      const character = text.charAt(at)
      if (character === '\\') at++
      else if (character === "'") at = Math.max(at, text.indexOf("'", at + 1))
      else if (character === '(') depth++
      else if (character === ')' && --depth === 0) return at + 1
    }
    return text.length
  }

  /** The placeholder for an expansion; the expansion itself if all placeholders are in use. */
  #placeholderFor(source: string, quoted: boolean): string {
    const code = firstPlaceholder + this.#expansions.length
    if (code > lastPlaceholder) return source
    this.#expansions.push({ source, quoted })
    return String.fromCharCode(code)
  }
}

/** Words that are followed by a command. */
const reserved: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
])
