/** --debug: writes each exchange in the format of Ruby's Net::HTTP, which some programs parse. */
import type { Observer } from '../runtime.js'

/** Returns an observer for --debug. The events must not contain secrets. */
export function dumpObserver(write: (line: string) => void): Observer {
  return (event) => {
    if (event.type === 'error') {
      write(`Conn close because of error ${dump(event.message)}`)
      return
    }
    const headers = event.headers.map(([name, value]) => `${name}: ${value}\r\n`)
    if (event.type === 'request') {
      const url = URL.canParse(event.url) ? new URL(event.url) : undefined
      const path = url === undefined ? event.url : `${url.pathname}${url.search}`
      write(`<- ${dump(`${event.method} ${path} HTTP/1.1\r\n${headers.join('')}\r\n`)}`)
      if (event.body !== undefined && event.body !== '') write(`<- ${dump(event.body)}`)
      return
    }
    const lines = [`HTTP/1.1 ${event.status} ${event.reason}\r\n`, ...headers, '\r\n', event.body ?? '']
    for (const line of lines) if (line !== '') write(`-> ${dump(line)}`)
  }
}

/** Quotes text like Ruby's String#dump for bytes: escapes all but printable ASCII characters. */
export function dump(text: string): string {
  let escaped = ''
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte)
    escaped +=
      namedEscapes[character] ??
      (byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}` : character)
  }
  // In Ruby, `#{`, `#$` and `#@` begin an interpolation.
  return `"${escaped.replace(/#(?=[{$@])/g, '\\#')}"`
}

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
  '\b': '\\b',
  '\x07': '\\a',
  '\x1b': '\\e',
}
