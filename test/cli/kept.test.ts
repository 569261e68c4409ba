import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretRedactor } from '../../src/cli/runtime/secret-redactor.js'
import { machine } from './support/harness.js'

describe('secrets that were read', () => {
  it('secrets are masked as they are, within JSON, within a URL and within a form', () => {
    const kept = secretRedactor()
    kept.add('a "b" &ä c')
    const texts = ['a "b" &ä c', 'a \\"b\\" &ä c', 'a%20%22b%22%20%26%C3%A4%20c', 'a+%22b%22+%26%C3%A4+c']
    expect(texts.map((text) => kept.mask(`<${text}>`))).toEqual(['<***>', '<***>', '<***>', '<***>'])
  })

  it('a secret that is a short word is not masked', () => {
    const kept = secretRedactor()
    kept.add('demo')
    kept.add(undefined)
    expect(kept.mask('the project demo')).toBe('the project demo')
  })

  it('a secret may contain half a surrogate pair', () => {
    const kept = secretRedactor()
    kept.add('half\ud800half')
    expect(kept.mask('<half\ud800half>')).toBe('<***>')
  })
})

describe('a server that repeats what it was sent', () => {
  const server = createServer((request, response) => {
    response.writeHead(500, {
      'Content-Type': 'text/plain',
      'X-Heard': String(request.headers.authorization),
    })
    response.end(`You said ${request.rawHeaders.join(' ')}`)
  })
  let endpoint: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => void server.close())

  // Guarantee: secrets-not-shown
  it('a secret that a server repeats is shown neither on standard error nor in a trace', async () => {
    const { occi, folder } = machine({ env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'pl4nted-password' } })
    const trace = join(folder, 'trace.txt')
    const words = ['compute', 'list', '--auth', 'basic', '-v', `--trace=${trace}`, '--endpoint', endpoint]
    const { status, err } = await occi(words)
    expect(status).toBe(11)
    expect(err).toContain('You said')
    const encoded = Buffer.from('ada:pl4nted-password').toString('base64')
    for (const text of [err, await readFile(trace, 'utf8')]) {
      expect(text).toContain('Basic ***')
      expect(text).not.toContain(encoded)
      expect(text).not.toContain('pl4nted')
    }
  })
})

describe('what is quoted of a wrong command line', () => {
  it.each([
    [['compute', 'list', '--pasword=pl4nted']],
    [['compute', 'list', '--endpoint', 'http://127.0.0.1:9/', '--header', 'Authorization pl4nted']],
    [['compute', 'list', '--endpoint', 'htp://ada:pl4nted@cloud.example.org/']],
    [['compute', 'list', '--endpoint', 'http://ada:pl4nted@no host/']],
  ])('the error for a wrong command line contains no secret: %j', async (words) => {
    const { status, err } = await machine().occi(words)
    expect(status).toBe(2)
    expect(err).not.toContain('pl4nted')
  })
})
