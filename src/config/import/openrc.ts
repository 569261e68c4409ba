/** openrc files: shell scripts that export OS_… variables. Read line by line, never executed. */
import type { SettingDefinition } from '../types.js'
import { type Imported, settingsFromVariables } from './variables.js'

/**
 * Evaluates assignments like a shell: quotes, backslashes, `$NAME` of earlier assignments, `unset`.
 * Assignments that need a real shell (`$(…)`, backticks, `read`) are skipped and reported.
 */
export function readOpenrc(text: string, definitions: Iterable<SettingDefinition>): Imported {
  const variables = new Map<string, string>()
  const ignored: { name: string; reason: string }[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line.startsWith('unset ')) {
      for (const name of line.slice('unset '.length).split(/[\s;]+/)) variables.delete(name)
      continue
    }
    for (const { name, value } of assignments(
      line.startsWith('export ') ? line.slice(7).trimStart() : line,
      variables,
    )) {
      if (value !== undefined) variables.set(name, value)
      else {
        variables.delete(name)
        if (isRelevant(name)) ignored.push({ name, reason: 'only a shell can evaluate it' })
      }
    }
  }
  const relevant = new Map([...variables].filter(([name]) => isRelevant(name)))
  const imported = settingsFromVariables(relevant, definitions)
  return { ...imported, ignored: [...imported.ignored, ...ignored] }
}

function isRelevant(name: string): boolean {
  return name.startsWith('OS_') || name.startsWith('OCCI_') || name.startsWith('X509_')
}

interface Assignment {
  readonly name: string
  readonly value: string | undefined
}

/** `NAME=value` words at the start of a line; stops at the first other word. */
function assignments(line: string, known: ReadonlyMap<string, string>): readonly Assignment[] {
  const found: Assignment[] = []
  let at = 0
  while (at < line.length) {
    while (' \t;'.includes(line.charAt(at)) && at < line.length) at++
    const equals = line.indexOf('=', at)
    const name = equals < 0 ? '' : line.slice(at, equals)
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) break
    const word = readWord(line, equals + 1, known)
    found.push({ name, value: word.value })
    at = word.end
  }
  return found
}

/** One shell word from `start`; the value is undefined when only a shell could evaluate it. */
function readWord(line: string, start: number, known: ReadonlyMap<string, string>) {
  let value = ''
  let computable = true
  let quote: '"' | "'" | undefined
  let at = start
  for (; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote === "'") {
      if (char === "'") quote = undefined
      else value += char
    } else if (char === '\\') {
      const next = line.charAt(++at)
      // Inside double quotes a backslash escapes only these four.
      value += quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next
    } else if (char === quote) quote = undefined
    else if (quote === undefined && (char === '"' || char === "'")) quote = char
    else if (quote === undefined && ' \t;&|#'.includes(char) && !(char === '#' && at > start)) break
    else if (char === '`') computable = false
    else if (char === '$') {
      const variable = /^\$(?:\{([A-Za-z_]\w{0,99})\}|([A-Za-z_]\w{0,99}))/.exec(line.slice(at, at + 110))
      const expanded = known.get(variable?.[1] ?? variable?.[2] ?? '')
      if (variable === null || expanded === undefined) computable = false
      else {
        value += expanded
        at += variable[0].length - 1
      }
    } else value += char
    if (value.length > MAX_LENGTH) computable = false
    if (!computable) value = ''
  }
  return { value: computable && quote === undefined ? value : undefined, end: at }
}

/** Limits the length of values, since repeated doubling (`A=$A$A`) would exhaust memory. */
const MAX_LENGTH = 65_536
