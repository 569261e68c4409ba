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
 * Returns a secret from the settings; undefined if they provide none. Warns if its value is on the command line.
 * Throws ConfigError and UsageError.
 */
export async function configuredSecret(
  context: ConnectionContext,
  settings: Settings,
  name: string,
): Promise<string | undefined> {
  const sources = ['', '-file', '-command'].flatMap((suffix) => {
    const setting = settings.setting(`${name}${suffix}`)
    return setting === undefined ? [] : [{ suffix, setting }]
  })
  const [preferred] = sources.sort((a, b) => precedence[a.setting.origin] - precedence[b.setting.origin])
  if (preferred === undefined) return name === 'password' ? fromKeyring(context, settings) : undefined
  const { value } = preferred.setting
  switch (preferred.suffix) {
    case '-file':
      return secretFromFile(value)
    case '-command':
      return context.runtime.secretFromCommand(value, commandFolder(context.runtime, preferred.setting))
    default:
      await warnIfOnCommandLine(context, name, preferred.setting)
      return value
  }
}

/**
 * The folder in which the command of a setting runs: undefined (the working folder) for a flag or a trusted setting,
 * else the home folder. A stored command, or one from a variable, must not find a different program or file
 * (`./secret.sh`, `cat .secret`) in each working folder.
 */
export function commandFolder({ home }: Runtime, setting: Setting | undefined): string | undefined {
  if (setting === undefined || setting.origin === 'flag' || setting.trusted === true) return undefined
  return existsSync(home) ? home : parse(home).root
}

/** The order in which origins of settings are preferred, the lowest number first. */
const precedence: Readonly<Record<Setting['origin'], number>> = {
  flag: 0,
  environment: 1,
  project: 2,
  context: 3,
  // One cloud has either origin, never both.
  folder: 4,
  cloud: 4,
  file: 5,
  default: 6,
}

/**
 * The keyring account of the password. It contains the server, so that the password is not used for another
 * server, or for the same one without encryption. Throws UsageError if there is no user name.
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

/** The settings that may name the recipient of the password, highest precedence first. */
function recipientSettings(method: string): readonly string[] {
  if (method === 'oidc') return ['oidc-issuer', 'oidc-discovery', 'endpoint']
  return method === 'basic' || method === 'digest' ? ['endpoint'] : ['auth-url', 'endpoint']
}

async function fromKeyring(context: ConnectionContext, settings: Settings): Promise<string | undefined> {
  if (!settings.isOn('keyring')) return undefined
  return (await context.runtime.keyring()).get(keyringAccount(settings))
}

const warnedNamesByRuntime = new WeakMap<ConnectionContext['runtime'], Set<string>>()

async function warnIfOnCommandLine(
  context: ConnectionContext,
  name: string,
  { origin }: Setting,
): Promise<void> {
  const warnedNames = warnedNamesByRuntime.get(context.runtime) ?? new Set<string>()
  warnedNamesByRuntime.set(context.runtime, warnedNames)
  if (origin !== 'flag' || warnedNames.has(name)) return
  warnedNames.add(name)
  await context.warn(
    `other users can read --${name} on the command line; use ${environmentName(name)} or the prompt instead`,
  )
}
