/** A provider that means harm: what it says is shown, but nothing of it reaches the terminal, a file or a command. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

const harm = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\u0000\r'
const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const model = {
  kinds: [
    {
      term: 'compute',
      scheme: infra,
      title: `Compute${harm}`,
      location: '/compute/',
      attributes: {
        'occi.compute.cores': { type: 'number', mutable: true, description: `Cores${harm}` },
        'occi.compute.state': { type: 'string', mutable: false },
      },
      actions: [`${infra}start`],
    },
  ],
  actions: [{ term: 'start', scheme: infra, title: `Start${harm}` }],
  mixins: [{ term: 'tag', scheme: 'http://x/', title: harm, location: '/tag/' }],
}
const vm = {
  kind: `${infra}compute`,
  id: 'vm-1',
  title: `web${harm}`,
  summary: harm,
  attributes: {
    occi: { compute: { cores: 1, state: `active${harm}` } },
    'a.__proto__.polluted': 'yes',
    constructor: harm,
  },
  links: [],
}

let origin = ''
let mode: (request: IncomingMessage, response: ServerResponse) => boolean = () => false
const seen: IncomingMessage[] = []
const server = createServer((request, response) => {
  seen.push(request)
  request.resume()
  if (mode(request, response)) return
  const body = JSON.stringify(
    request.url?.endsWith('/-/') ? model : request.url === '/compute/' ? { resources: [vm] } : vm,
  )
  response.writeHead(200, { 'Content-Type': 'application/occi+json' }).end(body)
})
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Characters that move a cursor, ring a bell or turn text around. Line ends and tabs are ours. */
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

const formats = [
  'table',
  'wide',
  'tsv',
  'csv',
  'value',
  'name',
  'id',
  'url',
  'env',
  'yaml',
  'json',
  'jsonl',
  'pairs',
]

describe('control characters in what a provider says', () => {
  it.each(
    [
      'compute list',
      'compute describe vm-1',
      'model',
      'model describe compute',
      'explain compute',
      'mixin list',
      'compute start vm-1',
    ].flatMap((words) => formats.map((format) => [words, format] as const)),
  )('occi %s -o %s prints no control characters of the provider', async (words, format) => {
    mode = () => false
    const shown = await machine().occi(`${words} -e ${origin} -o ${format}`, { terminal: true })
    expect([shown.status, shown.out.match(harmful)?.[0], shown.err.match(harmful)?.[0]]).toEqual([
      0,
      undefined,
      undefined,
    ])
    // In a pipe "env" is for eval and CSV for a reader of CSV: both keep what stands in their quotes.
    if (format === 'env' || format === 'csv') return
    const piped = await machine().occi(`${words} -e ${origin} -o ${format}`)
    expect([piped.status, piped.out.match(harmful)?.[0]]).toEqual([0, undefined])
  })

  it.each(['', ' -o json', ' -v', ' --trace'])(
    'control characters in an error and in a reason phrase are escaped: occi compute describe%s',
    async (more) => {
      mode = (request, response) => {
        if (request.url?.endsWith('/-/')) return false
        response
          .writeHead(409, `No${'\u0085'}way`, { 'Content-Type': 'text/plain', 'X-Request-Id': 'r\u0081' })
          .end(harm)
        return true
      }
      const { status, err } = await machine().occi(
        `compute describe ${origin}compute/vm-1 -e ${origin}${more}`,
        { terminal: true },
      )
      expect(status).toBe(7)
      expect(err.match(harmful)?.[0]).toBeUndefined()
    },
  )
})

describe('what a provider sends', () => {
  it('member names sent by a provider do not reach any prototype', async () => {
    mode = () => false
    const { out } = await machine().occi(`compute list -e ${origin} -o json`)
    expect(JSON.parse(out)[0].title).toContain('web')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    [
      'a gzip bomb',
      (response: ServerResponse) =>
        response
          .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(3_000_000, 32))),
    ],
    [
      'JSON that is nested without end',
      (response: ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('['.repeat(200_000)),
    ],
    [
      'an endless body',
      (response: ServerResponse) => {
        response.writeHead(200, { 'Content-Type': 'application/json' })
        const more = () => {
          while (response.writable && response.write(' '.repeat(65_536))) {}
        }
        response.on('drain', more)
        more()
      },
    ],
    [
      'a redirect to itself',
      (response: ServerResponse) => response.writeHead(302, { Location: '/-/' }).end(),
    ],
    [
      'a page of HTML',
      (response: ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Log in</title>'),
    ],
  ])('%s ends quickly with one error', async (_, answer) => {
    mode = (request, response) => {
      if (!request.url?.endsWith('/-/')) return false
      answer(response)
      return true
    }
    const { status, out, err } = await machine().occi(
      `compute list -e ${origin} --max-response 1M --retries 0`,
    )
    expect([status, out]).toEqual([11, ''])
    expect(err).toMatch(/^occi: /)
    expect(err).not.toMatch(/\n\s+at .*\(/)
  })

  it('pages that link in a circle are read once each', async () => {
    mode = (request, response) => {
      if (!request.url?.startsWith('/compute/')) return false
      response.writeHead(200, {
        'Content-Type': 'application/occi+json',
        Link: '</compute/?page=2>; rel="next"',
      })
      response.end(JSON.stringify({ resources: [vm] }))
      return true
    }
    seen.length = 0
    const { status } = await machine().occi(`compute list -e ${origin} -o json`)
    expect([0, 11]).toContain(status)
    expect(seen.length).toBeLessThan(10)
  })

  it('credentials are sent nowhere else: not after a redirect, not to a foreign Location, not along a link', async () => {
    const elsewhere: IncomingMessage[] = []
    const other = createServer((request, response) => {
      elsewhere.push(request)
      response.end()
    })
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
    const foreign = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
    try {
      const env = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'planted', OCCI_ENDPOINT: origin }
      mode = (request, response) => {
        if (request.method === 'POST') response.writeHead(201, { Location: `${foreign}compute/1` }).end()
        else if (request.url === '/compute/1')
          response.writeHead(302, { Location: `${foreign}compute/1` }).end()
        else return false
        return true
      }
      await machine({ env }).occi('compute create web --auth basic -o json')
      await machine({ env }).occi(`compute describe ${origin}compute/1 --auth basic`)
      await machine({ env }).occi(`compute describe ${foreign}compute/1 --auth basic`)
      expect(elsewhere).toEqual([])
    } finally {
      other.close()
    }
  })
})

describe('what the user gives', () => {
  it.each([
    ['compute', 'create', 'web\r\nX-Evil: 1', '--media-type', 'text/occi'],
    ['compute', 'create', 'web', '--media-type', 'text/occi', '--summary', 'a\r\n\r\nDELETE / HTTP/1.1'],
    ['compute', 'list', '--header', 'X-A: b\r\nX-Evil: 1'],
    ['api', 'GET', '/compute/\r\nX-Evil: 1'],
  ])('user input cannot break out of a header: occi %s %s %s', async (...words) => {
    mode = () => false
    seen.length = 0
    const { status } = await machine().occi([...words, '-e', origin])
    expect(seen.filter(({ headers }) => 'x-evil' in headers)).toEqual([])
    expect(seen.filter(({ method }) => method === 'DELETE')).toEqual([])
    // 11: the answer of this server says of no creation where it went.
    expect([0, 2, 11]).toContain(status)
  })
})

describe('the rOCCI mode', () => {
  const rocci = (words: string, terminal: boolean) =>
    machine().occi(`--endpoint ${origin} --auth none --resource compute ${words}`, { terminal })

  it.each(['--action list', '--action describe', '--action describe --output-format json_extended_pretty'])(
    'the rOCCI mode escapes control characters on a terminal: %s',
    async (words) => {
      const { out, err } = await rocci(words, true)
      expect(`${out}${err}`).not.toMatch(/[\u001b\u0007\u0000\u009b\u202e]/)
      expect(out).not.toBe('')
    },
  )

  it('the rOCCI mode writes no log line that a provider forges in the name of the program', async () => {
    mode = (_, response) => {
      response
        .writeHead(500, { 'Content-Type': 'text/plain' })
        .end(`X${harm}\nI, [2026-01-01T00:00:00.000000 #1]  INFO -- : forged`)
      return true
    }
    const { err } = await rocci('--action list', false)
    mode = () => false
    expect(err).not.toMatch(/[\u001b\u0007\u0000\u009b\u202e]/)
    expect(err).not.toMatch(/^I, \[2026-01-01/m)
    expect(err).not.toBe('')
  })
})
