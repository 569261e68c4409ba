/** Updates completion's cache by listing a kind. Runs this program for it, so that its rules for credentials apply. */
import { closeSync, openSync } from 'node:fs'
import { authGroup, connectionGroup, globalOptions } from '../options/global.js'

/** Milliseconds for each request, in addition to the start of the program. */
const requestTime = 300

/** Milliseconds after which the program is stopped. */
const maxRunTime = 3000

/** The arguments that list a kind, with the connection settings of the command line except secrets. */
export function listWords(kind: string, flags: Readonly<Record<string, string>>): readonly string[] {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(kind)) return ['version']
  const settings = globalOptions.flatMap(({ name, value, sensitivity, group }) => {
    const text = Object.hasOwn(flags, name) ? flags[name] : undefined
    const isOfConnection = group === connectionGroup || group === authGroup
    if (text === undefined || !isOfConnection || withheld.has(sensitivity)) return []
    // A header may be a secret, and the program has no standard input.
    if (name === 'header' || name.endsWith('-stdin')) return []
    if (value !== undefined) return [`--${name}=${text}`]
    return text === 'true' ? [`--${name}`] : []
  })
  const limits = [`--deadline=${requestTime}ms`, '--retries=0', '--no-input', '--quiet']
  return [kind, 'list', ...settings, '--output=json', ...limits]
}

/** Sensitivities of settings that are not passed on: `ps` shows secrets, and completion sets other limits. */
const withheld: ReadonlySet<string> = new Set(['secret', 'limit'])

/** Runs this program with the arguments `words`; `command` starts it. Never rejects. */
export async function requestList(command: readonly string[], words: readonly string[]): Promise<void> {
  const [program = '', ...programArguments] = command
  // Loaded only here, since few completions send a request.
  const { spawn } = await import('node:child_process')
  return new Promise((resolve) => {
    const child = spawn(program, [...programArguments, ...words], { stdio: 'ignore', timeout: maxRunTime })
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
}

/**
 * Whether the process has a controlling terminal. Standard streams do not show that: they belong to the shell's script.
 */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
