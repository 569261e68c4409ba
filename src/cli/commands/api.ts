/** `occi api`: sends any request below the endpoint, with credentials. */

import { type HeaderPair, isSafeMethod } from '../../basics/http.js'
import { isUnclear } from '../../client/index.js'
import {
  AuthError,
  ConflictError,
  type ErrorDetails,
  ForbiddenError,
  NotFoundError,
  type OcciError,
  OutcomeUnknownError,
  ServerError,
  UsageError,
} from '../../errors/errors.js'
import { purposes, whyUnreadable } from '../../files/index.js'
import { errorWords } from '../../rendering/index.js'
import { mask } from '../../transport/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext, Invocation } from '../context.js'
import { sanitizeLines } from '../output/index.js'

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'] as const

export const api: CommandDeclaration = {
  path: ['api'],
  summary: 'Send any request to the provider and show its answer',
  description:
    'The request is signed with the credentials in force and goes to the endpoint only. The body comes from --data; with it the method is POST unless one is named. With --from the request is the one with this number in a recording (--record), sent to the endpoint in force; options take the place of its parts. The answer is shown as it is; an HTTP status of 400 and more, or a redirect of what changes something, decides the exit status.',
  arguments: [
    {
      name: 'METHOD-OR-PATH',
      description: 'a method (GET, POST, PUT, DELETE, …), or the path; with --from the number of a request',
    },
    { name: 'PATH', description: 'path below the endpoint, with its query', required: false },
  ],
  options: [
    {
      name: 'data',
      short: 'd',
      value: 'TEXT|@FILE|-',
      mayBeEmpty: true,
      description: 'the body: text, @file, or - for standard input',
      completion: { of: 'file' },
      env: 'none',
    },
    {
      name: 'from',
      value: 'FILE',
      description: 'send a request of this recording again',
      completion: { of: 'file' },
      env: 'none',
    },
    { name: 'include', short: 'i', description: 'show status and headers before the body', env: 'none' },
  ],
  examples: [
    { title: 'The query interface, as the provider writes it', command: 'occi api /-/' },
    {
      title: 'A header of your own, and the headers of the answer',
      command: "occi api GET /compute/ -i --header 'Accept: text/uri-list'",
    },
    {
      title: 'An action in the text rendering',
      command: "occi api POST '/compute/4f1c?action=stop' --header 'Content-Type: text/plain' -d @stop.txt",
    },
    { title: 'The third request of a recording, once more', command: 'occi api --from report.har 3' },
  ],
  // What changes something is sent to one provider.
  atSites: (context) => (isReadingHere(context) ? 'reads' : undefined),
  run: async (context) => {
    await send(context)
    return undefined
  },
}

function isReadingHere(context: Invocation): boolean {
  const { options } = context
  if (options.text('data') !== undefined || options.text('from') !== undefined) return false
  return isSafeMethod(
    context.word('PATH') === undefined ? 'GET' : (context.word('METHOD-OR-PATH') ?? '').toUpperCase(),
  )
}

async function send(context: CommandContext): Promise<void> {
  const request = await requestOf(context)
  const client = await context.client()
  const response = await client.raw(request, { signal: context.signal })
  const { out } = context.streams
  // A terminal gets escaped text, a pipe the original bytes.
  const show = (text: string): string => (out.terminal ? sanitizeLines(text) : text)
  if (context.options.isSet('include')) {
    const head = [
      `HTTP ${response.status} ${response.reason}`,
      ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ]
    await out.write(`${head.map(show).join('\n')}\n\n`)
  }
  if (response.body !== '') {
    await out.write(show(response.body))
    if (out.terminal && !response.body.endsWith('\n')) await out.write('\n')
  }
  const { status, reason } = response
  if (isUnclear({ method: request.method, url: response.url }, response)) {
    context.fail(
      new OutcomeUnknownError(`The provider answered ${status} ${reason}`.trimEnd(), {
        hint: `Look before you try again: whether ${request.method} was carried out this does not tell.`,
        facts: { status },
      }),
    )
  } else if (status >= 400 || (redirects.has(status) && request.method !== 'GET')) {
    const { certificateRefusal } = await import('../../auth/index.js')
    const certificate = certificateRefusal({ method: request.method, url: response.url }, response)
    context.fail(certificate ?? failure(status, reason, errorWords(response)))
  }
}

interface Request {
  readonly method: (typeof methods)[number]
  readonly path: string
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
}

async function requestOf(context: CommandContext): Promise<Request> {
  const data = await bodyOf(context)
  const from = context.options.text('from')
  if (from === undefined) {
    const { method, path } = target(context)
    return {
      method: method ?? (data === undefined ? 'GET' : 'POST'),
      path,
      ...(data === undefined ? {} : { body: data }),
    }
  }
  if (context.word('PATH') !== undefined) {
    throw new UsageError('--from takes the number of a request and no path', {
      hint: `occi api --from ${from} 3`,
      at: 'PATH',
    })
  }
  return recordedRequest(context, { from, number: context.word('METHOD-OR-PATH') ?? '', data })
}

/** A request of a recording, with the parts that occi does not add by itself. Throws UsageError. */
async function recordedRequest(
  context: CommandContext,
  {
    from,
    number,
    data,
  }: { readonly from: string; readonly number: string; readonly data: string | undefined },
): Promise<Request> {
  const { endpointOfRecording, readRecording } = await import('../runtime/replay.js')
  const recording = await readRecording(context, from)
  const exchange = /^[1-9]\d{0,6}$/.test(number) ? recording.exchanges[Number(number) - 1] : undefined
  if (exchange === undefined) {
    throw new UsageError(`${from} has no request "${number}"`, {
      hint: `It has ${recording.exchanges.length}; the first has the number 1.`,
      at: 'METHOD-OR-PATH',
    })
  }
  if (exchange.by === 'login') {
    throw new UsageError(`Request ${number} of ${from} belongs to a login`, {
      hint: 'Its secrets are not in the recording. "occi auth login" logs in.',
      at: 'METHOD-OR-PATH',
    })
  }
  const { url, headers, body = '' } = exchange.request
  const method = methods.find((name) => name === exchange.request.method)
  if (method === undefined) {
    throw new UsageError(`Request ${number} of ${from} has the method ${exchange.request.method}`, {
      hint: `One of ${methods.join(', ')} can be sent.`,
      at: 'METHOD-OR-PATH',
    })
  }
  const base = endpointOfRecording(recording) ?? ''
  const sent = data ?? body
  const hidden = [
    url.includes(mask) ? 'the URL' : '',
    data === undefined && body.includes(mask) ? 'the body' : '',
  ]
  const what = hidden.filter((part) => part !== '').join(' and ')
  if (what !== '') {
    throw new UsageError(
      `Request ${number} of ${from} has a secret in ${what}, which is not in the recording`,
      {
        hint: 'Give the body by --data, or write the request: occi api METHOD PATH.',
        at: '--from',
      },
    )
  }
  return {
    method,
    path: url.startsWith(base) ? url.slice(base.length - 1) : new URL(url).pathname + new URL(url).search,
    headers: headers.filter(([name, value]) => !own.has(name.toLowerCase()) && !value.includes(mask)),
    ...(sent === '' ? {} : { body: sent }),
  }
}

/** Headers that occi adds by itself. */
const own: ReadonlySet<string> = new Set([
  'host',
  'user-agent',
  'connection',
  'content-length',
  'accept-encoding',
  'transfer-encoding',
])

/**
 * Redirects that the transport did not follow: they lead to another origin, or must not be followed for this
 * method.
 */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function target(context: CommandContext): {
  readonly method?: (typeof methods)[number]
  readonly path: string
} {
  const first = context.word('METHOD-OR-PATH') ?? ''
  const second = context.word('PATH')
  const method = methods.find((name) => name === first.toUpperCase())
  if (second === undefined) {
    if (method !== undefined) {
      throw new UsageError('PATH is missing', { hint: `occi api ${method} /-/`, at: 'PATH' })
    }
    return { path: first }
  }
  if (method === undefined) {
    throw new UsageError(`"${first}" is not a method`, {
      hint: `One of ${methods.join(', ')}.`,
      at: 'METHOD',
    })
  }
  return { method, path: second }
}

async function bodyOf(context: CommandContext): Promise<string | undefined> {
  const data = context.options.text('data')
  if (data === undefined) return undefined
  if (data === '-') return (await context.stdin('--data', purposes.requestBody)).toString('utf8')
  if (!data.startsWith('@')) return data
  const file = data.slice(1)
  try {
    return (await context.runtime.readFile(file, purposes.requestBody)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`--data: ${file} cannot be read: ${whyUnreadable(cause)}`, {
      cause,
      at: '--data',
      hint: 'Give @FILE, - or the text itself.',
    })
  }
}

const families: readonly (readonly [
  statuses: readonly number[],
  make: new (message: string, details: ErrorDetails) => OcciError,
])[] = [
  [[401], AuthError],
  [[403, 413], ForbiddenError],
  [[404, 410], NotFoundError],
  [[409, 422], ConflictError],
]

function failure(status: number, reason: string, words: string | undefined): OcciError {
  const Family = families.find(([statuses]) => statuses.includes(status))?.[1] ?? ServerError
  return new Family(
    `The provider answered ${status} ${reason}`.trimEnd(),
    words === undefined ? {} : { hint: `It says: ${words}` },
  )
}
