import { describe, expect, it } from 'vitest'
import { certificateRefusal, postHandshakeHint } from '../../../src/auth/index.js'
import type { HttpResponse } from '../../../src/transport/index.js'

const request = { method: 'GET', url: 'https://h/' } as const
/** nginx 1.22's page, as captured. */
const page = (words: string) =>
  `<html>\r\n<head><title>400 ${words}</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>${words}</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n`
const response = (status: number, body: string, server = 'nginx/1.22.1'): HttpResponse => ({
  status,
  reason: 'Bad Request',
  headers: [
    ['Server', server],
    ['Content-Type', 'text/html'],
  ],
  body,
  url: 'https://h/',
  tolerated: [],
})

describe('certificateRefusal', () => {
  it.each([
    ['No required SSL certificate was sent', 'requires a client certificate', '`user-cert`'],
    ['The SSL certificate error', 'did not accept the client certificate', 'proxy certificates'],
    ['The plain HTTP request was sent to HTTPS port', 'speaks TLS', 'https://'],
  ])("certificateRefusal recognises nginx's page: %s", (words, message, hint) => {
    expect(certificateRefusal(request, response(400, page(words)))).toMatchObject({
      code: 'auth',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })

  it('certificateRefusal names the certificate file that was sent, and how it was found', () => {
    const refused = (words: string, source: string) =>
      certificateRefusal(request, response(400, page(words)), { file: '/tmp/x509up_u1000', source })
    expect(refused('The SSL certificate error', '/tmp/x509up_u1000')).toMatchObject({
      hint: expect.stringContaining('The client certificate /tmp/x509up_u1000 was found and sent. '),
      at: '/tmp/x509up_u1000',
    })
    expect(refused('The SSL certificate error', 'X509_USER_PROXY')?.hint).toContain(
      'The client certificate /tmp/x509up_u1000 (X509_USER_PROXY) was sent. ',
    )
    expect(refused('No required SSL certificate was sent', '`user-cert`')?.hint).not.toContain('/tmp')
  })

  it('certificateRefusal lists possible faults of the certificate when the page gives no reason', () => {
    const refused = (mayBeDistrusted?: string) =>
      certificateRefusal(request, response(400, page('The SSL certificate error')), {
        file: '/p',
        source: 'X509_USER_PROXY',
        ...(mayBeDistrusted === undefined ? {} : { mayBeDistrusted }),
      })?.hint
    expect(refused('It is a proxy.')).toBe(
      'The client certificate /p (X509_USER_PROXY) was sent. It is a proxy. `describe()` shows it.',
    )
    expect(refused()).toMatch(/does not say why.*authority that signed it/)
  })

  it('certificateRefusal does not change other errors', () => {
    expect(certificateRefusal(request, response(400, 'Bad attribute'))).toBeUndefined()
    expect(certificateRefusal(request, response(200, page('The SSL certificate error')))).toBeUndefined()
  })

  it('certificateRefusal suggests TLS 1.2 for an Apache that asks too late', () => {
    expect(postHandshakeHint(response(403, 'Forbidden', 'Apache/2.4.62 (Debian)'))).toContain(
      '`tls.maxVersion` TLSv1.2',
    )
    expect(postHandshakeHint(response(403, 'Forbidden'))).toBeUndefined()
  })
})
