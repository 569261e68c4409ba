/** Turns refusals by Keystone into errors with hints. */

import { headerValue } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import { AuthError, type OcciError, ServerError } from '../../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { httpFacts, serverMessageOf } from '../server-message.js'

/** Describes a login attempt in messages, without secrets. */
export interface LoginAttempt {
  /** For example `password` or `application credential`. */
  readonly method: string
  /** The user: `demo (domain egi)`. */
  readonly subject: string | undefined
  readonly scope: string
}

/** Returns the error for an answer that is not a success. */
export function refusalError(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  attempt: LoginAttempt,
): OcciError {
  const http = httpFacts(request, response)
  const facts = { ...attempt, keystone: http.url }
  const serverMessage = serverMessageOf(response) ?? ''
  const ofSubject = attempt.subject === undefined ? '' : ` of ${plainText(attempt.subject)}`
  const body = parseJson(response.body)
  const methods = listAt(body, 'error', 'identity', 'methods').filter((name) => typeof name === 'string')

  if (response.status === 401 && methods.length > 0) {
    return new AuthError(
      `This Keystone does not accept the method ${attempt.method}; it offers ${methods.map(plainText).join(', ')}`,
      {
        hint: 'Choose another method by `auth-type`.',
        http,
        facts: { ...facts, offered: methods },
      },
    )
  }
  if (response.status === 401) {
    const isGeneric = serverMessage === '' || /requires authentication/i.test(serverMessage)
    return new AuthError(
      `Keystone refused the ${attempt.method}${ofSubject}, ${attempt.scope}${isGeneric ? '' : `: ${serverMessage}`}`,
      { hint: hintFor401(attempt), http, facts },
    )
  }
  if (response.status === 404 && attempt.method === 'token' && isKeystoneError(body)) {
    return new AuthError('The token is not valid, or has expired', {
      hint: 'Log in again with `connect`, or give a new token (OS_TOKEN).',
      http,
      facts,
    })
  }
  if (response.status === 403 && /delegated token/i.test(serverMessage)) {
    return new AuthError(
      'This token comes from an application credential or a trust, so it cannot be rescoped',
      {
        hint: 'Use the application credential itself, without a project.',
        http,
        facts,
      },
    )
  }
  if (response.status >= 500) {
    return new ServerError(
      `Keystone failed with ${response.status}${serverMessage === '' ? '' : `: ${serverMessage}`}`,
      {
        hint: 'Try again later; if it fails again, give its operators the request id.',
        http,
        facts,
      },
    )
  }
  if (!isKeystoneError(body)) return notKeystoneError(request, response)
  const login = `the ${attempt.method}${ofSubject}, ${attempt.scope}`
  return new AuthError(`Keystone answered ${response.status} to ${login}: ${serverMessage}`, {
    hint: otherHint(response.status, serverMessage, attempt),
    http,
    facts,
  })
}

/** Returns the error for an answer that does not come from Keystone, with its content type and first line. */
export function notKeystoneError(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
): AuthError {
  const type = plainText(headerValue(response.headers, 'content-type') ?? 'no Content-Type')
  const line = plainText(response.body.trimStart().split('\n', 1)[0] ?? '').slice(0, 100)
  const http = httpFacts(request, response)
  return new AuthError(
    `${http.url} does not answer like Keystone: ${response.status}, ${type.slice(0, 80)}${line === '' ? '' : `, "${line}"`}`,
    { hint: 'Check `auth-url` (OS_AUTH_URL); `trail` shows each step.', http },
  )
}

function hintFor401(attempt: LoginAttempt): string {
  switch (attempt.method) {
    case 'application credential':
      return 'Check its id (or its name and user) and its secret; it may have been deleted or have expired.'
    case 'token':
      return 'The token is not valid here or has expired: log in again with `connect`.'
    case 'totp':
    case 'password and one-time code':
      return 'The code, user, password, domain or project is wrong, or the user has no role in the project: Keystone does not say which. A code is valid for about half a minute: give a new one by OS_PASSCODE, and check the clock of the device that shows it.'
    default:
      return 'The user, password, domain or project is wrong, or the user has no role in the project: Keystone does not say which. Check `username`, `user-domain` and `project`.'
  }
}

function otherHint(status: number, serverMessage: string, attempt: LoginAttempt): string {
  if (status === 400 && /domain/i.test(serverMessage)) {
    return 'Name the domain by `user-domain` (OS_USER_DOMAIN_NAME).'
  }
  if (status === 403 && attempt.scope.startsWith('trust ')) {
    return 'A trust is for one user (its trustee), and ends when the user who granted it loses the role.'
  }
  return '`trail` shows each step.'
}

function isKeystoneError(body: unknown): boolean {
  return textAt(body, 'error', 'message') !== undefined || typeof valueAt(body, 'message') === 'string'
}
