/** The built program against a server that begins an answer and never comes to its end. */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const program = resolve(import.meta.dirname, '../../bin/occi')

const model = [
  'Category: resource; scheme="http://schemas.ogf.org/occi/core#"; class="kind"',
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; rel="http://schemas.ogf.org/occi/core#resource"; location="/compute/"; actions="http://schemas.ogf.org/occi/infrastructure/compute/action#start"',
  'Category: start; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"',
  '',
].join('\n')
const machine = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\n'

const whole = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** What is sent once, and what again and again. */
const places = {
  'the headers': ['HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n', 'X: a\r\n'],
  'informational answers': ['', 'HTTP/1.1 100 Continue\r\n\r\n'],
  'the reason phrase': ['HTTP/1.1 200 ', 'a'],
  'the body': ['HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n', ' '],
  'the body of an error': ['HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n', ' '],
  'a JSON body': ['HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a":"', ' '],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

type Place = keyof typeof places

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Answers what is needed before the request that is to drip, which `drips` chooses by "METHOD path". */
async function server(drips: RegExp, place: Place): Promise<string> {
  const [before, again] = places[place]
  const listener = createServer((socket: Socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const [, line = ''] = /^(\S+ \S+) HTTP/.exec(data.toString('latin1')) ?? []
      if (line === '') return
      if (drips.test(line)) {
        socket.write(before)
        const timer = setInterval(() => socket.write(again), 100)
        socket.on('close', () => clearInterval(timer))
      } else if (line.includes('/-/')) socket.write(whole(model))
      else if (line === 'GET /compute/') socket.write(whole('X-OCCI-Location: /compute/1\n'))
      else socket.write(whole(machine))
    })
    closers.push(() => socket.destroy())
  })
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  closers.push(() => listener.close())
  const address = listener.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const commands: readonly (readonly [
  name: string,
  drips: RegExp,
  words: (url: string) => readonly string[],
])[] = [
  ['model', /-\//, (url) => ['mixin', 'list', '-e', `${url}/`]],
  ['list', /GET \/compute\/$/, (url) => ['compute', 'list', '-e', `${url}/`]],
  ['list -o json', /GET \/compute\/1/, (url) => ['compute', 'list', '-o', 'json', '-e', `${url}/`]],
  ['describe', /GET \/compute\/1/, (url) => ['compute', 'describe', '/compute/1', '-e', `${url}/`]],
  ['create', /POST/, (url) => ['compute', 'create', 'a', '-e', `${url}/`]],
  ['start', /POST/, (url) => ['compute', 'start', '/compute/1', '-e', `${url}/`]],
  ['delete', /DELETE/, (url) => ['compute', 'delete', '/compute/1', '--yes', '-e', `${url}/`]],
  ['api', /GET \/x/, (url) => ['api', '/x', '-e', `${url}/`]],
  [
    'keystone',
    /v3/,
    (url) => [
      'compute',
      'list',
      '-e',
      `${url}/`,
      '--auth',
      'keystone',
      '--auth-url',
      `${url}/v3`,
      '--username',
      'u',
      '--project',
      'p',
    ],
  ],
  [
    'OIDC',
    /well-known/,
    (url) => [
      'compute',
      'list',
      '-e',
      `${url}/`,
      '--auth',
      'oidc',
      '--oidc-issuer',
      `${url}/`,
      '--oidc-client-id',
      'c',
      '--refresh-token',
      'r',
    ],
  ],
]

interface Ended {
  readonly status: number | null
  readonly stderr: string
  readonly seconds: number
}

function run(words: readonly string[]): Promise<Ended> {
  const begun = performance.now()
  const child = spawn(process.execPath, [program, ...words], {
    env: { HOME: mkdtempSync(join(tmpdir(), 'occi-drip-')), OCCI_PASSWORD: 'p' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  closers.push(() => child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += String(text)
  })
  return new Promise((done) =>
    child.on('close', (status) => done({ status, stderr, seconds: (performance.now() - begun) / 1000 })),
  )
}

describe.each(Object.keys(places) as Place[])('an answer that drips in %s', (place) => {
  it.each([
    ['--timeout', ['--timeout', '2s', '--retries', '0']],
    ['--deadline', ['--deadline', '2s']],
  ] as const)(
    'an answer that drips is ended by %s, whatever the command',
    async (_, limits) => {
      const ended = await Promise.all(
        commands.map(async ([name, drips, words]) => {
          const url = await server(drips, place)
          return { name, ...(await run([...words(url), ...limits])) }
        }),
      )
      // 9: timeout; 11: nobody knows what became of a write; 8: one of several.
      expect(ended.filter(({ status }) => status !== 9 && status !== 11 && status !== 8)).toEqual([])
      expect(ended.filter(({ stderr }) => !/within 2 s|longer than 2 s/.test(stderr))).toEqual([])
      expect(ended.filter(({ seconds }) => seconds > 30)).toEqual([])
    },
    90_000,
  )
})
