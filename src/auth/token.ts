/** Authentication with a token that the user already has. */
import { createHash } from 'node:crypto'
import { AuthError } from '../errors/errors.js'
import type { AuthContext, AuthPlugin, Credentials } from './types.js'

export const token: AuthPlugin = {
  name: 'token',
  description: 'a given token, in X-Auth-Token, Auth-Token or Authorization: Bearer',
  options: [
    {
      name: 'token',
      value: 'TOKEN',
      sensitivity: 'secret',
      description: 'the token',
      env: ['OS_TOKEN', 'OS_AUTH_TOKEN'],
    },
    {
      name: 'token-header',
      value: 'HEADER',
      sensitivity: 'method',
      description: 'header that carries it: X-Auth-Token (default), Auth-Token, or Authorization (Bearer)',
    },
    {
      name: 'token-command',
      value: 'COMMAND',
      sensitivity: 'pointer',
      description: 'command whose output is the token; run again when the server refuses the last one',
    },
  ],
  async authenticate(context) {
    const header = context.option('token-header') ?? 'X-Auth-Token'
    const command = context.option('token-command')
    if (command !== undefined) {
      const obtainToken = () => runTokenCommand(context.machine.run, command)
      return tokenCredentials(await obtainToken(), header, obtainToken)
    }
    const given = await givenToken(context, 'token', 'Token')
    if (given === undefined || given.trim() === '') {
      throw new AuthError('The method "token" needs a token', {
        hint: 'Give it by OCCI_TOKEN (or OS_TOKEN), `token` or `token-command`.',
        facts: { missing: 'token' },
      })
    }
    return tokenCredentials(given, header)
  },
}

/**
 * The token from the user, without surrounding white space. Throws AuthError for one in quotation marks: docker's
 * `env-file` keeps them as part of the value, and no server accepts them.
 */
export async function givenToken(
  context: AuthContext,
  option: 'token' | 'access-token',
  label: string,
): Promise<string | undefined> {
  const token = (await context.secret(option, label))?.trim()
  if (token !== undefined && /^(["']).*\1$/s.test(token)) {
    throw new AuthError('The token has quotation marks around it', {
      hint: 'Remove them: programs that read variables from a file, such as docker, keep quotation marks as part of the value.',
    })
  }
  return token
}

/** Credentials that send a token in a header; in `Authorization` as Bearer. `obtainToken` is called when the server refuses the token. */
export function tokenCredentials(
  first: string,
  header: string,
  obtainToken?: () => Promise<string>,
): Credentials {
  checkHeaderName(header)
  let current = first
  const bearer = header.toLowerCase() === 'authorization'
  const credentials: Credentials = {
    identity: `token:${createHash('sha256').update(first).digest('hex').slice(0, 16)}`,
    secretHeaders: [header],
    sign: async () => [[header, bearer ? `Bearer ${current}` : current]],
    token: async () => current,
    describe: () => ({ method: 'token', details: { header } }),
  }
  if (obtainToken === undefined) return credentials
  return {
    ...credentials,
    async renew() {
      const next = await obtainToken()
      if (next === current) return false
      current = next
      return true
    },
  }
}

/**
 * Runs the command and returns the last line of its output that is not empty, or `access_token` of a JSON object. Throws
 * AuthError.
 */
export async function runTokenCommand(
  run: (command: string) => Promise<string>,
  command: string,
): Promise<string> {
  let output: string
  try {
    output = await run(command)
  } catch (cause) {
    throw new AuthError('The token command failed', {
      hint: `Run it by hand: ${command}`,
      cause,
    })
  }
  const found = fromJson(output) ?? output.trimEnd().split('\n').at(-1)?.trim()
  if (found === undefined || found === '') {
    throw new AuthError('The token command printed no token', { hint: `Run it by hand: ${command}` })
  }
  return found
}

function fromJson(output: string): string | undefined {
  const text = output.trim()
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    for (const name of ['access_token', 'token', 'id']) {
      const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
      if (typeof member === 'string') return member
    }
  } catch {
    return undefined
  }
  return undefined
}

function checkHeaderName(name: string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) {
    throw new AuthError('The value of `token-header` is not a valid header name', {
      hint: 'Use `token-header` X-Auth-Token, Auth-Token or Authorization.',
    })
  }
}
