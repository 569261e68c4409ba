import { describe, expect, it } from 'vitest'
import { authContext, loadAuthPlugin, unauthorized } from '../../src/auth/index.js'
import type { HttpResponse } from '../../src/transport/index.js'

const request = { method: 'GET', url: 'https://u:p@h/-/?x=1#f' } as const
const response = (challenges: readonly string[], body = '', type = 'text/html'): HttpResponse => ({
  status: 401,
  reason: 'Unauthorized',
  headers: [['Content-Type', type], ...challenges.map((value) => ['WWW-Authenticate', value] as const)],
  body,
  url: request.url,
  tolerated: [],
})

const login = async (method: string, options: Readonly<Record<string, string>>) =>
  (await loadAuthPlugin(method)).authenticate(
    authContext({ options, transport: () => expect.unreachable('nothing is sent') }),
  )
const basic = await login('basic', { username: 'demo', password: 'planted' })
const token = await login('token', { token: 'planted' })
const bearer = await login('token', { token: 'planted', 'token-header': 'Authorization' })

describe('unauthorized', () => {
  it.each([
    [[], undefined, 'The server requires credentials but names no method; tried none', '`auth`'],
    [
      ["Keystone uri='https://k:5000/v2.0'"],
      undefined,
      'This endpoint uses Keystone at https://k:5000/v2.0',
      '`connect`',
    ],
    [['Basic realm="x"'], undefined, 'The server requires credentials (basic)', '`username`'],
    [['Basic realm="x"'], basic, 'The server refused the basic credentials as demo', '`trail`'],
    [
      ['Keystone uri="https://k"'],
      basic,
      'The server refused basic as demo; it asks for keystone',
      'keystone',
    ],
    // occi-os and snf-occi: an expired token is not the wrong method.
    [
      ["Keystone uri='https://k:5000/v2.0'"],
      token,
      'The server refused the token: it has expired, or is for another project or service',
      'Keystone at https://k:5000/v2.0',
    ],
    [
      [],
      token,
      'The server refused the token: it has expired, or is for another project or service',
      '`connect`',
    ],
    [['Bearer'], bearer, 'The server refused the token credentials', '`trail`'],
  ])(
    'unauthorized explains the challenges %j after a request with %s',
    (challenges, credentials, message, hint) => {
      const error = unauthorized(request, response(challenges), credentials)
      expect(error.message).toBe(message)
      expect(error.hint).toContain(hint)
      expect(error.code).toBe('auth')
      expect(JSON.stringify([error.message, error.hint, error.http, error.facts])).not.toContain('planted')
    },
  )

  it.each([[[]], [['Basic realm="x"']]])(
    'unauthorized names a certificate that was found and sent, where the challenges are %j',
    (challenges) => {
      const credentials = {
        sign: async () => [],
        describe: () => ({ method: 'x509', subject: 'CN=ada' }),
        identity: 'CN=ada',
        certificate: { file: '/tmp/x509up_u1000', source: '/tmp/x509up_u1000' },
      }
      const { hint } = unauthorized(request, response(challenges), credentials)
      expect(hint).toContain('The client certificate /tmp/x509up_u1000 was found and sent. ')
    },
  )

  it('unauthorized quotes the server without markup, terminal codes or credentials', () => {
    const html = '<!DOCTYPE html><html><style>a{}</style><h1>Go\u001b[31m away</h1><p>please\n</p></html>'
    const { http } = unauthorized(request, response([], html))
    expect(http).toEqual({
      method: 'GET',
      url: 'https://h/-/?x=1',
      status: 401,
      reason: 'Unauthorized',
      serverMessage: 'Go [31m away: please',
    })
    const json = response([], '{"error":{"code":401,"message":"Nope."}}', 'application/json')
    expect(unauthorized(request, json).http?.serverMessage).toBe('Nope.')
  })
})
