/** `occi api`: sends any request below the endpoint, with credentials. */

import { type HeaderPair, headerValue, isSafeMethod } from '../../basics/http.js'
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
import { purposes } from '../../files/index.js'
import { errorMessage, isRenderingName, renderings } from '../../rendering/index.js'
import { type HttpResponse, mask } from '../../transport/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext, Invocation } from '../context.js'
import { sanitizeLines } from '../output/index.js'
import { headersOf } from '../runtime/network.js'
import type { Sink } from '../streams.js'
import {
  type Field,
  type Request as FieldsRequest,
  fieldOptions,
  fileText,
  hasFields,
  readFields,
  withFields,
} from './api-fields.js'

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'] as const

export const api: CommandDeclaration = {
  path: ['api'],
  summary: 'Send any request to the provider and show its answer',
  description:
    'The request is signed with the credentials in force and goes to the endpoint only. The body comes from --data, or is made of fields (-f, -F) in the media type of the request (--media-type, or the header Content-Type; text/plain by default): in the text renderings a field is an attribute, and kind, mixins and action are categories; in JSON a name with a dot is a member of "attributes", another one of the object itself. With a body the method is POST unless one is named; with GET, fields go to the query. --paginate asks for all pages of a collection: by the links of the provider to the next one, or by number. With --from the request is the one with this number in a recording (--record), sent to the endpoint in force; options take the place of its parts. The answer is shown as it is; an HTTP status of 400 and more, or a redirect of what changes something, decides the exit status.',
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
      allowsEmpty: true,
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
    ...fieldOptions,
    {
      name: 'paginate',
      description: 'ask for all pages of a collection; ?number=50 in the path asks for pages of 50',
      conflicts: ['from', 'data'],
      env: 'none',
    },
    {
      name: 'slurp',
      description: 'with --paginate: the pages of JSON as one array',
      conflicts: ['include'],
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
    {
      title: 'A machine, in JSON',
      command:
        'occi api /compute/ --media-type json -f kind=http://schemas.ogf.org/occi/infrastructure#compute -f title=web -F occi.compute.cores=2',
    },
    {
      title: 'An action with a parameter, in the text rendering',
      command:
        "occi api '/compute/4f1c?action=stop' -f action=http://schemas.ogf.org/occi/infrastructure/compute/action#stop -f method=graceful",
    },
    {
      title: 'All pages of a collection, 50 members each',
      command: "occi api '/compute/?number=50' --paginate --media-type json",
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
  const hasMethod = context.word('PATH') !== undefined
  if (!hasMethod && hasFields(context) && !options.isSet('paginate')) return false
  return isSafeMethod(!hasMethod ? 'GET' : (context.word('METHOD-OR-PATH') ?? '').toUpperCase())
}

async function send(context: CommandContext): Promise<void> {
  const request = await requestOf(context)
  const client = await context.client()
  if (context.options.isSet('paginate')) {
    if (request.method !== 'GET') {
      throw new UsageError(`--paginate asks for pages with GET, not with ${request.method}`, {
        at: '--paginate',
      })
    }
    await showPages(context, client.rawPages(request, { signal: context.signal }))
    return
  }
  const response = await client.raw(request, { signal: context.signal })
  await show(context, response)
  await report(context, request, response)
}

/** Shows the pages as they come. With --slurp they are the elements of a JSON array, which is whole in any case. */
async function showPages(context: CommandContext, pages: AsyncIterable<HttpResponse>): Promise<void> {
  const { out } = context.streams
  const slurps = context.options.isSet('slurp')
  let last: string | undefined
  try {
    for await (const page of pages) {
      if (slurps && page.status < 400) {
        if (page.body.trim() === '') continue
        checkJson(page.body)
        await out.write(`${last === undefined ? '[' : ','}${shownAt(out, page.body.trim())}`)
        last = page.body
      } else if (!slurps) {
        // Each body begins on a line of its own.
        if (last !== undefined && last !== '' && !last.endsWith('\n')) await out.write('\n')
        await show(context, page)
        last = out.terminal ? '' : page.body
      }
      await report(context, { method: 'GET' }, page)
    }
  } finally {
    if (slurps) await out.write(last === undefined ? '[]\n' : ']\n')
  }
}

function checkJson(body: string): void {
  try {
    JSON.parse(body)
  } catch (cause) {
    throw new UsageError('--slurp puts pages of JSON together, and this page is none', {
      cause,
      hint: 'Ask for JSON: --media-type json; or leave out --slurp.',
      at: '--slurp',
    })
  }
}

async function show(context: CommandContext, response: HttpResponse): Promise<void> {
  const { out } = context.streams
  const shown = (text: string) => shownAt(out, text)
  if (context.options.isSet('include')) {
    const head = [
      `HTTP ${response.status} ${response.reason}`,
      ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ]
    await out.write(`${head.map(shown).join('\n')}\n\n`)
  }
  if (response.body !== '') {
    await out.write(shown(response.body))
    if (out.terminal && !response.body.endsWith('\n')) await out.write('\n')
  }
}

/** A terminal gets escaped text, a pipe the original bytes. */
function shownAt({ terminal }: Sink, text: string): string {
  return terminal ? sanitizeLines(text) : text
}

/** Makes an answer that is no success the failure of the command. */
async function report(
  context: CommandContext,
  request: Pick<Request, 'method'>,
  response: HttpResponse,
): Promise<void> {
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
    context.fail(certificate ?? failure(status, reason, errorMessage(response)))
  }
}

interface Request extends FieldsRequest {
  readonly method: (typeof methods)[number]
}

async function requestOf(context: CommandContext): Promise<Request> {
  const fields = await readFields(context)
  const request = await requestWithout(context, fields)
  // --header takes precedence, and so does what a recording says.
  const given = [...request.headers, ...headersOf(context)]
  const type = mediaTypeOf(context)
  const missing = (name: string) => type !== undefined && headerValue(given, name) === undefined
  const added: HeaderPair[] = []
  if (missing('accept')) added.push(['Accept', type ?? ''])
  if (
    missing('content-type') &&
    (request.body !== undefined || fields.length > 0) &&
    !isSafeMethod(request.method)
  ) {
    added.push(['Content-Type', type ?? ''])
  }
  const headers = [...request.headers, ...added]
  return {
    ...withFields(
      { ...request, headers },
      fields,
      headerValue([...headers, ...given], 'content-type') ?? 'text/plain',
    ),
  }
}

/** The media type that --media-type or the context names. */
function mediaTypeOf({ settings }: CommandContext): string | undefined {
  const name = settings.get('media-type')
  return name !== undefined && isRenderingName(name) ? renderings[name].mediaTypes[0] : undefined
}

/** The request without its fields. */
async function requestWithout(context: CommandContext, fields: readonly Field[]): Promise<Request> {
  if (context.options.isSet('slurp') && !context.options.isSet('paginate')) {
    throw new UsageError('--slurp belongs to --paginate', { at: '--slurp' })
  }
  const data = await bodyOf(context)
  const from = context.options.text('from')
  if (from === undefined) {
    const { method, path } = target(context)
    return {
      method:
        method ??
        (data === undefined && (fields.length === 0 || context.options.isSet('paginate')) ? 'GET' : 'POST'),
      path,
      headers: [],
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
  return fileText(context, data.slice(1), '--data', 'Give @FILE, - or the text itself.')
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
