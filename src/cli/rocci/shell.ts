/**
 * Parses a shell script as far as translation requires: simple commands and their words. Expansions are kept as
 * written.
 */
import { shellWord } from '../../basics/shell-word.js'

/** A word. Its text has a placeholder character for each expansion. */
interface ShellWord {
  readonly text: string
  readonly from: number
  readonly to: number
}

/** The expansion that a placeholder stands for: `$X`, `$(…)`, backticks, `~`. */
interface Expansion {
  readonly written: string
  /** Whether it was in double quotes, so that its value is one word. */
  readonly quoted: boolean
}

export interface ShellCommand {
  readonly words: readonly ShellWord[]
  /** Start and end of a word or redirection in the text. */
  readonly from: number
  readonly to: number
  /** Redirections among the words, as written. */
  readonly redirections: readonly string[]
}

/** Placeholders are private-use characters of Unicode. */
const firstPlaceholder = 0xe000
const lastPlaceholder = 0xf8ff
const placeholder = /[\ue000-\uf8ff]/u

export class Shell {
  readonly commands: ShellCommand[] = []
  readonly #text: string
  readonly #expansions: Expansion[] = []
  readonly #inner: (text: string, at: number) => string
  #at = 0
  #heredocs: { readonly end: string; readonly tabs: boolean }[] = []

  /** `inner` gets the text and position of each `$(…)` and returns its replacement. */
  constructor(text: string, inner: (text: string, at: number) => string) {
    this.#text = text
    this.#inner = inner
    while (this.#at < text.length) this.#command()
  }

  isDynamic(text: string): boolean {
    return placeholder.test(text)
  }

  /** Writes a word for a shell: restores expansions and quotes the rest where necessary. */
  write(text: string): string {
    if (!placeholder.test(text)) return shellWord(text)
    const parts = [...text]
    const expansions = parts.map((part) => this.#expansions[part.charCodeAt(0) - firstPlaceholder])
    if (expansions.every((expansion) => expansion === undefined || expansion.quoted)) {
      const inside = parts.map((part, index) => expansions[index]?.written ?? part.replace(/["\\$`]/, '\\$&'))
      return `"${inside.join('')}"`
    }
    let out = ''
    let plain = ''
    const flush = () => {
      if (plain !== '') out += shellWord(plain)
      plain = ''
    }
    for (const [index, part] of parts.entries()) {
      const expansion = expansions[index]
      if (expansion === undefined) plain += part
      else {
        flush()
        out += expansion.quoted ? `"${expansion.written}"` : expansion.written
      }
    }
    flush()
    return out
  }

  #command(): void {
    const words: ShellWord[] = []
    const redirections: string[] = []
    let from = -1
    let to = -1
    for (;;) {
      this.#blanks()
      const character = this.#text.charAt(this.#at)
      if (character === '' || /[\n;&|()]/.test(character)) {
        if (character === '&' && this.#text.charAt(this.#at + 1) === '>') {
          // `&>file` is a redirection.
        } else {
          this.#at++
          if (character === '\n') this.#skipHeredocs()
          break
        }
      }
      if (character === '#') {
        while (this.#at < this.#text.length && this.#text.charAt(this.#at) !== '\n') this.#at++
        continue
      }
      const start = this.#at
      if (from < 0) from = start
      const redirection = /^(?:\d*(?:>>|>\||>&|<<<|<<-?|<&|<>|>|<)|&>>?)/.exec(
        this.#text.slice(start, start + 8),
      )
      if (redirection !== null && !/^[<>]\(/.test(this.#text.slice(start, start + 2))) {
        this.#redirection(redirection[0])
        redirections.push(this.#text.slice(start, this.#at))
      } else {
        words.push({ text: this.#word(), from: start, to: this.#at })
        // A command follows a reserved word.
        if (words.length === 1 && reserved.has(words[0]?.text ?? '') && words[0]?.to === this.#at) {
          words.length = 0
          from = -1
          continue
        }
      }
      to = this.#at
    }
    if (words.length > 0) this.commands.push({ words, redirections, from, to })
  }

  #redirection(operator: string): void {
    this.#at += operator.length
    this.#blanks()
    const start = this.#at
    const word = this.#word()
    if (/<<-?$/.test(operator)) {
      const end = placeholder.test(word) ? this.#text.slice(start, this.#at) : word
      this.#heredocs.push({ end, tabs: operator.endsWith('-') })
    }
  }

  #skipHeredocs(): void {
    for (const { end, tabs } of this.#heredocs) {
      while (this.#at < this.#text.length) {
        const next = this.#text.indexOf('\n', this.#at)
        const line = this.#text.slice(this.#at, next < 0 ? undefined : next)
        this.#at = next < 0 ? this.#text.length : next + 1
        if ((tabs ? line.replace(/^\t+/, '') : line) === end) break
      }
    }
    this.#heredocs = []
  }

  #blanks(): void {
    for (;;) {
      const character = this.#text.charAt(this.#at)
      if (character === ' ' || character === '\t' || character === '\r') this.#at++
      else if (character === '\\' && /^\r?\n/.test(this.#text.slice(this.#at + 1, this.#at + 3)))
        this.#at = this.#text.indexOf('\n', this.#at) + 1
      else return
    }
  }

  #word(): string {
    let word = ''
    const start = this.#at
    const text = this.#text
    while (this.#at < text.length) {
      const character = text.charAt(this.#at)
      // In a function definition the parentheses end the name.
      if (text.startsWith('()', this.#at)) break
      // Accepts `size=num(10)` without quotes, which a shell would refuse.
      if (character === '(' && this.#at > start && text.charAt(this.#at - 1) !== '=') {
        const close = this.#closing(this.#at)
        word += text.slice(this.#at, close)
        this.#at = close
        continue
      }
      if (/[\s;&|()<>]/.test(character)) {
        // `<(…)` is a word.
        if (this.#at === start && /[<>]/.test(character) && text.charAt(start + 1) === '(') {
          this.#at = this.#closing(start + 1)
          return this.#standIn(text.slice(start, this.#at), false)
        }
        break
      }
      if (character === "'") {
        const end = text.indexOf("'", this.#at + 1)
        const close = end < 0 ? text.length : end
        word += text.slice(this.#at + 1, close)
        this.#at = close + 1
      } else if (character === '"') word += this.#doubleQuoted()
      else if (character === '\\') {
        if (text.charAt(this.#at + 1) !== '\n') word += text.charAt(this.#at + 1)
        this.#at += 2
      } else if (character === '$' || character === '`') word += this.#expansion(false)
      else if (character === '{' && this.#at === start && /\s/.test(text.charAt(start + 1))) {
        // A single `{` begins a group.
        word += character
        this.#at++
      } else if ((character === '~' && this.#at === start) || /[*?[{]/.test(character)) {
        const match = /^(?:~[\w.-]*|\{\}|[*?[{])/.exec(text.slice(this.#at)) ?? ['']
        word += this.#standIn(match[0] ?? '', false)
        this.#at += Math.max(1, match[0]?.length ?? 1)
      } else {
        word += character
        this.#at++
      }
    }
    // Skips any other character.
    if (this.#at === start) this.#at++
    return word
  }

  #doubleQuoted(): string {
    const text = this.#text
    let inside = ''
    this.#at++
    while (this.#at < text.length) {
      const character = text.charAt(this.#at)
      if (character === '"') {
        this.#at++
        return inside
      }
      if (character === '\\') {
        const next = text.charAt(this.#at + 1)
        inside += next === '\n' ? '' : /["\\$`]/.test(next) ? next : `\\${next}`
        this.#at += 2
      } else if (character === '$' || character === '`') inside += this.#expansion(true)
      else {
        inside += character
        this.#at++
      }
    }
    return inside
  }

  #expansion(quoted: boolean): string {
    const text = this.#text
    const start = this.#at
    if (text.startsWith('$((', start)) {
      const end = text.indexOf('))', start)
      this.#at = end < 0 ? text.length : end + 2
    } else if (text.startsWith('$(', start)) {
      this.#at = this.#closing(start + 1)
      const body = text.slice(start + 2, this.#at - 1)
      return this.#standIn(`$(${this.#inner(body, start + 2)})`, quoted)
    } else if (text.charAt(start) === '`') {
      let end = start + 1
      while (end < text.length && text.charAt(end) !== '`') end += text.charAt(end) === '\\' ? 2 : 1
      this.#at = Math.min(end + 1, text.length)
      const body = text.slice(start + 1, this.#at - 1)
      const translateInner = body.includes('\\') ? body : this.#inner(body, start + 1)
      return this.#standIn(
        translateInner === body ? text.slice(start, this.#at) : `$(${translateInner})`,
        quoted,
      )
    } else if (text.startsWith('${', start)) {
      const end = text.indexOf('}', start)
      this.#at = end < 0 ? text.length : end + 1
    } else {
      const name = /^\$(?:[A-Za-z_]\w*|[\d@*#?$!-])/.exec(text.slice(start, start + 200))
      if (name === null) {
        this.#at++
        return '$'
      }
      this.#at += name[0].length
    }
    return this.#standIn(text.slice(start, this.#at), quoted)
  }

  /** The index after the parenthesis that closes the one at `open`. */
  #closing(open: number): number {
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

  #standIn(written: string, quoted: boolean): string {
    const code = firstPlaceholder + this.#expansions.length
    if (code > lastPlaceholder) return written
    this.#expansions.push({ written, quoted })
    return String.fromCharCode(code)
  }
}

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
