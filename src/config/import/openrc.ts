/** Imports openrc files: shell scripts that export OS_… variables. They are read line by line and never executed. */
import type { SettingDefinition } from '../types.js'
import { type ImportResult, settingsFromVariables } from './variables.js'

/**
 * Returns the settings in an openrc file. Evaluates quotes, backslashes, `$NAME` of earlier assignments and `unset`
 * like a shell. Assignments that only a shell can evaluate (`$(…)`, backticks, `read`) are skipped and reported.
 */
export function readOpenrc(text: string, definitions: Iterable<SettingDefinition>): ImportResult {
  const variables = new Map<string, string>()
  const ignored: { name: string; reason: string }[] = []
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim()
    if (line.startsWith('unset ')) {
      for (const name of line.slice('unset '.length).split(/[\s;]+/)) variables.delete(name)
      continue
    }
    for (const { name, value } of assignments(line.replace(/^export \s*/, ''), variables)) {
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
  /** Undefined when only a shell could evaluate it. */
  readonly value: string | undefined
}

/** Reads the `NAME=value` words at the start of a line. Stops at the first other word. */
function assignments(line: string, variables: ReadonlyMap<string, string>): readonly Assignment[] {
  const result: Assignment[] = []
  let position = 0
  while (position < line.length) {
    while (' \t;'.includes(line.charAt(position)) && position < line.length) position++
    const equals = line.indexOf('=', position)
    const name = equals < 0 ? '' : line.slice(position, equals)
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) break
    const word = readWord(line, equals + 1, variables)
    result.push({ name, value: word.value })
    position = word.end
  }
  return result
}

/** Reads one shell word from `start`. The value is undefined when only a shell could evaluate it. */
function readWord(line: string, start: number, variables: ReadonlyMap<string, string>) {
  let value = ''
  let isComputable = true
  let quote: '"' | "'" | undefined
  let position = start
  for (; position < line.length; position++) {
    const character = line.charAt(position)
    if (quote === "'") {
      if (character === "'") quote = undefined
      else value += character
    } else if (character === '\\') {
      const escaped = line.charAt(++position)
      // Inside double quotes, a backslash escapes only these four characters.
      value += quote === '"' && !'"\\$`'.includes(escaped) ? `\\${escaped}` : escaped
    } else if (character === quote) quote = undefined
    else if (quote === undefined && (character === '"' || character === "'")) quote = character
    else if (quote === undefined && ' \t;&|#'.includes(character) && !(character === '#' && position > start))
      break
    else if (character === '`') isComputable = false
    else if (character === '$') {
      const variable = /^\$(?:\{([A-Za-z_]\w{0,99})\}|([A-Za-z_]\w{0,99}))/.exec(
        line.slice(position, position + 110),
      )
      const expanded = variables.get(variable?.[1] ?? variable?.[2] ?? '')
      if (variable === null || expanded === undefined) isComputable = false
      else {
        value += expanded
        position += variable[0].length - 1
      }
    } else value += character
    if (value.length > maxValueLength) isComputable = false
    if (!isComputable) value = ''
  }
  return { value: isComputable && quote === undefined ? value : undefined, end: position }
}

/** The maximum length of a value: repeated doubling (`A=$A$A`) would otherwise exhaust the memory. */
const maxValueLength = 65_536
