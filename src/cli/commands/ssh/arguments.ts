/**
 * Builds the arguments of `ssh`. The only value from the provider is the address, which is checked and follows `--`.
 */
import { ProtocolError, UsageError } from '../../../errors/errors.js'
import { familyOf, isQualifiedHostName } from '../../values/address.js'

export interface SshParameters {
  readonly user: string | undefined
  readonly identities: readonly string[]
  readonly port: string | undefined
  /** The host of --proxy-jump. */
  readonly jump: string | undefined
  /** `KEY=VALUE` of ssh_config(5). */
  readonly options: readonly string[]
  readonly tty: boolean
  readonly address: string
  readonly command: readonly string[]
}

/** The arguments of `ssh`. Throws UsageError, and ProtocolError for an invalid address. */
export function sshArguments(parameters: SshParameters): readonly string[] {
  const { user, identities, port, jump, options, tty, address, command } = parameters
  if (familyOf(address) === undefined && !isQualifiedHostName(address)) {
    throw new ProtocolError('The address that the provider gave is neither an IP address nor a host name')
  }
  return [
    ...(user === undefined ? [] : ['-l', checkedValue(user, '--user')]),
    ...identities.flatMap((file) => ['-i', checkedValue(file, '--identity')]),
    ...(port === undefined ? [] : ['-p', portOf(port)]),
    ...(jump === undefined ? [] : ['-J', checkedValue(jump, '--proxy-jump')]),
    ...options.flatMap((option) => ['-o', checkedSetting(option)]),
    ...(tty ? ['-t'] : []),
    '--',
    address,
    ...command,
  ]
}

/** The port number in decimal without leading zeros. Throws UsageError. */
export function portOf(text: string): string {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= 65_535) return String(number)
  throw new UsageError(`--port cannot be "${text}"`, { hint: 'Use a port from 1 to 65535.', at: '--port' })
}

/** Whether ssh connects through another host, so that this machine need not reach the address. */
export function usesAnotherHost({ jump, options }: Pick<SshParameters, 'jump' | 'options'>): boolean {
  return jump !== undefined || options.some((option) => /^proxy(jump|command)\b/i.test(option.trim()))
}

function checkedValue(text: string, option: string): string {
  if (text !== '' && !text.startsWith('-')) return text
  throw new UsageError(`${option} cannot be "${text}"`, {
    hint: 'It must not be empty or begin with a dash.',
    at: option,
  })
}

function checkedSetting(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9]*\s*[= ]\s*\S/.test(text)) return text
  throw new UsageError(`--ssh-option cannot be "${text}"`, {
    hint: 'Use KEY=VALUE as in ssh_config(5): --ssh-option StrictHostKeyChecking=accept-new. For the output format, use --output.',
    at: '--ssh-option',
  })
}
