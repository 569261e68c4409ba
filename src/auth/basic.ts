/**
 * HTTP Basic (RFC 7617). The encoding is always UTF-8, the only charset that servers can announce (§2.1).
 */
import { AuthError } from '../errors/errors.js'
import type { AuthContext, AuthOption, AuthPlugin, Credentials } from './types.js'

export const userOptions: readonly AuthOption[] = [
  {
    name: 'username',
    value: 'USER',
    sensitivity: 'harmless',
    description: 'user name',
    env: ['OS_USERNAME'],
  },
  {
    name: 'password',
    value: 'PASSWORD',
    sensitivity: 'secret',
    description: 'password',
    env: ['OS_PASSWORD'],
  },
]

export const basic: AuthPlugin = {
  name: 'basic',
  description: 'user name and password in each request (RFC 7617)',
  options: userOptions,
  async authenticate(context) {
    const { username, password } = await userAndPassword(context, 'basic')
    return basicCredentials(username, password)
  },
}

/**
 * Returns credentials for HTTP Basic. Throws AuthError for what cannot be sent (RFC 7617 §2): a colon in the user name,
 * a control character in the user name or the password.
 */
export function basicCredentials(username: string, password: string): Credentials {
  if (username.includes(':')) {
    throw new AuthError(
      `The user name "${printable(username)}" contains a colon, which basic authentication cannot send`,
      {
        hint: 'Use `auth` digest or another method.',
      },
    )
  }
  if (hasControlCharacter(username) || hasControlCharacter(password)) {
    throw new AuthError(
      'The user name or the password contains a control character, perhaps a line break at its end',
      {
        hint: 'Enter both without line breaks.',
      },
    )
  }
  const value = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
  return {
    identity: `basic:${username}`,
    sign: async () => [['Authorization', value]],
    describe: () => ({ method: 'basic', subject: username }),
  }
}

/** Returns the user name and password from options or prompts. Throws AuthError naming the missing one. */
export async function userAndPassword(
  context: AuthContext,
  method: string,
): Promise<{ readonly username: string; readonly password: string }> {
  const username = context.option('username') || (await context.ask('username', 'User name'))
  if (username === undefined || username === '') {
    throw new AuthError(`The method "${method}" needs a user name`, {
      hint: 'Give `username` (or OCCI_USERNAME, OS_USERNAME).',
      facts: { missing: 'username' },
    })
  }
  const password = await context.secret('password', `Password of ${username}`)
  if (password === undefined) {
    throw new AuthError(`The method "${method}" needs the password of ${printable(username)}`, {
      hint: 'Give the option `password`.',
      facts: { missing: 'password' },
    })
  }
  return { username, password }
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

function printable(text: string): string {
  return [...text].map((character) => (hasControlCharacter(character) ? '?' : character)).join('')
}
