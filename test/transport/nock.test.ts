import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import { transport } from './loopback.js'

afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

describe('under nock', () => {
  it('the connector and the response filter run under nock, too', async () => {
    if (!nock.isActive()) nock.activate()
    nock('https://occi.test:8443')
      .post('/compute/', 'body')
      .reply(201, 'OK', ['X-OCCI-Location', 'http://a/1', 'X-OCCI-Location', 'http://a/2'])
    const response = await transport().send({
      method: 'POST',
      url: 'https://occi.test:8443/compute/',
      headers: [['Content-Type', 'text/plain']],
      body: 'body',
    })
    expect(response.status).toBe(201)
    expect(response.body).toBe('OK')
    expect(response.headers.filter(([name]) => name === 'X-OCCI-Location')).toHaveLength(2)
  })
})
