/** Asks the provider for a list once, for completion: by occi itself, so that its rules for credentials hold. */
import { closeSync, openSync } from 'node:fs'
import { authGroup, connectionGroup, globalOptions } from '../options/global.js'

/** Milliseconds for the requests. Starting the program comes on top. */
const requestTime = 300

/** Milliseconds for the whole, after which the program is stopped. */
const wholeTime = 3000

/** The words that list a kind, by the settings of the command line, without those that hold secrets. */
export function listWords(kind: string, flags: Readonly<Record<string, string>>): readonly string[] {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(kind)) return ['version']
  const given = globalOptions.flatMap(({ name, value, sensitivity, group }) => {
    const text = Object.hasOwn(flags, name) ? flags[name] : undefined
    const isOfConnection = group === connectionGroup || group === authGroup
    if (text === undefined || !isOfConnection || withheld.has(sensitivity)) return []
    // A header may be a secret, and the program has no standard input.
    if (name === 'header' || name.endsWith('-stdin')) return []
    return value === undefined ? (text === 'true' ? [`--${name}`] : []) : [`--${name}=${text}`]
  })
  const bounds = [`--deadline=${requestTime}ms`, '--retries=0', '--no-input', '--quiet']
  return [kind, 'list', ...given, '--output=json', ...bounds]
}

/** Secrets would be shown by `ps`, and the limits are those of completion. */
const withheld: ReadonlySet<string> = new Set(['secret', 'limit'])

/** `command` are the words that start this program. Resolves in any case. */
export async function requestList(command: readonly string[], words: readonly string[]): Promise<void> {
  const [program = '', ...first] = command
  // Loaded here: few completions send a request.
  const { spawn } = await import('node:child_process')
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...words], { stdio: 'ignore', timeout: wholeTime })
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
}

/** Whether the process belongs to a terminal; its own streams are the shell's. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
