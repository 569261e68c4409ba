/** Explains Keystone's refusals and says what to do about them. */

import { headerValue } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import { AuthError, type OcciError, ServerError } from '../../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { httpFacts, serverMessageOf } from '../server-message.js'

/** The login attempt, without secrets. */
export interface Attempt {
  /** `password`, `token`, `application credential` … */
  readonly method: string
  /** `demo (domain egi)`. */
  readonly subject: string | undefined
  readonly scope: string
}

export function refusal(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  attempt: Attempt,
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
      'This token was made from an application credential or a trust and cannot be rescoped',
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
  if (!isKeystoneError(body)) return notKeystone(request, response)
  const login = `the ${attempt.method}${ofSubject}, ${attempt.scope}`
  return new AuthError(`Keystone answered ${response.status} to ${login}: ${serverMessage}`, {
    hint:
      response.status === 400 && /domain/i.test(serverMessage)
        ? 'Name the domain by `user-domain` (OS_USER_DOMAIN_NAME).'
        : response.status === 403 && attempt.scope.startsWith('trust ')
          ? 'A trust is for one user (its trustee), and ends when the user who gave it loses the role.'
          : '`trail` shows each step.',
    http,
    facts,
  })
}

/** The error for an answer that does not come from a Keystone; shows its content type and first line. */
export function notKeystone(request: Pick<HttpRequest, 'method' | 'url'>, response: HttpResponse): AuthError {
  const type = plainText(headerValue(response.headers, 'content-type') ?? 'no Content-Type')
  const line = plainText(response.body.trimStart().split('\n', 1)[0] ?? '').slice(0, 100)
  const http = httpFacts(request, response)
  return new AuthError(
    `${http.url} does not answer like Keystone: ${response.status}, ${type.slice(0, 80)}${line === '' ? '' : `, "${line}"`}`,
    { hint: 'Check `auth-url` (OS_AUTH_URL); `trail` shows each step.', http },
  )
}

function hintFor401(attempt: Attempt): string {
  switch (attempt.method) {
    case 'application credential':
      return 'Check its id (or its name and user) and its secret; it may have been deleted or have expired.'
    case 'token':
      return 'The token is not valid here or has expired: log in again with `connect`.'
    case 'totp':
    case 'password and one-time code':
      return 'A wrong code, user, password, domain or project, or no role in it: Keystone does not say which. A code is valid for about half a minute: give a new one by OS_PASSCODE, and check the clock of the device that shows it.'
    default:
      return 'Wrong user, password, domain or project, or no role in it: Keystone does not say which. Check `username`, `user-domain` and `project`.'
  }
}

function isKeystoneError(body: unknown): boolean {
  return textAt(body, 'error', 'message') !== undefined || typeof valueAt(body, 'message') === 'string'
}
