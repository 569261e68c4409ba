/** Reads a secret: its value, or the file, command or keyring entry that contains it. */

import { existsSync } from 'node:fs'
import { parse } from 'node:path'
import { secretFromFile } from '../../config/index.js'
import type { Setting, Settings } from '../../config/types.js'
import { UsageError } from '../../errors/errors.js'
import { purposes } from '../../files/index.js'
import { environmentName } from '../../settings/names.js'
import type { ConnectionContext } from '../context.js'
import type { Runtime } from '../runtime.js'

/** The password of --password-stdin, without the line end that `echo` adds. */
export async function passwordFromStdin({ stdin }: Pick<ConnectionContext, 'stdin'>): Promise<string> {
  return (await stdin('--password-stdin', purposes.secret)).toString('utf8').replace(/\r?\n$/, '')
}

/**
 * Undefined if the user provided none. Warns about a secret on the command line. Throws ConfigError and
 * UsageError.
 */
export async function givenSecret(
  context: ConnectionContext,
  settings: Settings,
  name: string,
): Promise<string | undefined> {
  const sources = ['', '-file', '-command'].flatMap((suffix) => {
    const setting = settings.setting(`${name}${suffix}`)
    return setting === undefined ? [] : [{ suffix, setting }]
  })
  const [first] = sources.sort(
    (a, b) => originPrecedence.indexOf(a.setting.origin) - originPrecedence.indexOf(b.setting.origin),
  )
  if (first === undefined) return name === 'password' ? fromKeyring(context, settings) : undefined
  const { value } = first.setting
  switch (first.suffix) {
    case '-file':
      return secretFromFile(value)
    case '-command':
      return context.runtime.secretFromCommand(value, commandFolder(context.runtime, first.setting))
    default:
      await warn(context, name, first.setting)
      return value
  }
}

/**
 * The folder in which a command runs. A stored command, or one from a variable, must not find a different
 * program or file (`./secret.sh`, `cat .secret`) in each working folder.
 */
export function commandFolder({ home }: Runtime, setting: Setting | undefined): string | undefined {
  if (setting === undefined || setting.origin === 'flag' || setting.trusted === true) return undefined
  return existsSync(home) ? home : parse(home).root
}

/** Origins by precedence. */
const originPrecedence: readonly Setting['origin'][] = [
  'flag',
  'environment',
  'project',
  'context',
  'file',
  'default',
]

/**
 * The keyring account of the password. It contains the server, so that the password is not used for another
 * server, or for the same one without encryption. Throws UsageError without a user name.
 */
export function keyringAccount(settings: Settings): string {
  const user = settings.get('username') ?? settings.get('user-id')
  if (user === undefined || user === '') {
    throw new UsageError('--keyring requires a user name', {
      hint: 'Use --username.',
      at: '--keyring',
    })
  }
  const recipient = recipientSettings(settings.get('auth') ?? 'auto')
    .map((name) => settings.get(name) ?? '')
    .find((value) => value !== '')
  if (recipient === undefined || !URL.canParse(recipient)) return `${user}@${recipient ?? ''}`
  const { protocol, host, origin } = new URL(recipient)
  return `${user}@${protocol === 'https:' ? host : origin}`
}

/** The settings that name the recipient of the password, by precedence. */
function recipientSettings(method: string): readonly string[] {
  if (method === 'oidc') return ['oidc-issuer', 'oidc-discovery', 'endpoint']
  return method === 'basic' || method === 'digest' ? ['endpoint'] : ['auth-url', 'endpoint']
}

async function fromKeyring(context: ConnectionContext, settings: Settings): Promise<string | undefined> {
  if (!settings.isOn('keyring')) return undefined
  return (await context.runtime.keyring()).get(keyringAccount(settings))
}

const warnedNamesByRuntime = new WeakMap<ConnectionContext['runtime'], Set<string>>()

async function warn(context: ConnectionContext, name: string, { origin }: Setting): Promise<void> {
  const warnedNames = warnedNamesByRuntime.get(context.runtime) ?? new Set<string>()
  warnedNamesByRuntime.set(context.runtime, warnedNames)
  if (origin !== 'flag' || warnedNames.has(name)) return
  warnedNames.add(name)
  await context.warn(
    `other users can read --${name} on the command line; use ${environmentName(name)} or the prompt instead`,
  )
}
