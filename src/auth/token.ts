/** Authentication with a token that the user already has. */
import { createHash } from 'node:crypto'
import { AuthError } from '../errors/errors.js'
import type { AuthContext, AuthPlugin, Credentials } from './types.js'

export const token: AuthPlugin = {
  name: 'token',
  description: 'an existing token, in X-Auth-Token, Auth-Token or Authorization: Bearer',
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
      description: 'header for the token: X-Auth-Token (default), Auth-Token, or Authorization (Bearer)',
    },
    {
      name: 'token-command',
      value: 'COMMAND',
      sensitivity: 'pointer',
      description: 'command that prints the token; it is run again when the server refuses the token',
    },
  ],
  async authenticate(context) {
    const header = context.option('token-header') ?? 'X-Auth-Token'
    const command = context.option('token-command')
    if (command !== undefined) {
      const obtainToken = () => runTokenCommand(context.machine.run, command)
      return tokenCredentials(await obtainToken(), header, obtainToken)
    }
    const userToken = await tokenFromUser(context, 'token', 'Token')
    if (userToken === undefined || userToken.trim() === '') {
      throw new AuthError('The method "token" needs a token', {
        hint: 'Give it by OCCI_TOKEN (or OS_TOKEN), `token` or `token-command`.',
        facts: { missing: 'token' },
      })
    }
    return tokenCredentials(userToken, header)
  },
}

/**
 * Returns the user's token, without surrounding white space. Throws AuthError for a token in quotation marks: docker's
 * `env-file` keeps them as part of the value, and no server accepts them.
 */
export async function tokenFromUser(
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

/**
 * Returns credentials that send a token in a header; in `Authorization` as Bearer. `obtainToken` is called when the
 * server refuses the token.
 */
export function tokenCredentials(
  initialToken: string,
  header: string,
  obtainToken?: () => Promise<string>,
): Credentials {
  checkHeaderName(header)
  let currentToken = initialToken
  const isBearer = header.toLowerCase() === 'authorization'
  const credentials: Credentials = {
    identity: `token:${createHash('sha256').update(initialToken).digest('hex').slice(0, 16)}`,
    secretHeaders: [header],
    sign: async () => [[header, isBearer ? `Bearer ${currentToken}` : currentToken]],
    token: async () => currentToken,
    describe: () => ({ method: 'token', details: { header } }),
  }
  if (obtainToken === undefined) return credentials
  return {
    ...credentials,
    async renew() {
      const newToken = await obtainToken()
      if (newToken === currentToken) return false
      currentToken = newToken
      return true
    },
  }
}

/**
 * Runs the command and returns the last line of its output, or the token in a JSON object. Throws AuthError if the
 * command fails or prints no token.
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
  const printedToken = tokenInJson(output) ?? output.trimEnd().split('\n').at(-1)?.trim()
  if (printedToken === undefined || printedToken === '') {
    throw new AuthError('The token command printed no token', { hint: `Run it by hand: ${command}` })
  }
  return printedToken
}

function tokenInJson(output: string): string | undefined {
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

/** Throws AuthError if the name has characters that a header name cannot have (RFC 9110 §5.1), or over 100. */
function checkHeaderName(name: string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) {
    throw new AuthError('The value of `token-header` is not a valid header name', {
      hint: 'Use `token-header` X-Auth-Token, Auth-Token or Authorization.',
    })
  }
}
