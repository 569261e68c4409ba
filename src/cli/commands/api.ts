/** `occi api`: sends any request below the endpoint, with credentials. */

import { headerValue, isSafeMethod } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { isUnclear } from '../../client/index.js'
import type { Settings } from '../../config/types.js'
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
    'The request carries your credentials and can only be sent to the endpoint. The default method is POST with a body, otherwise GET. The body is --data, or is made of fields (-f, -F) in the media type of the request (--media-type, or the header Content-Type; text/plain by default). In the text renderings, kind, mixins and action are categories, and every other field is an attribute. In JSON, a field whose name has a dot becomes a member of "attributes", and every other field a member of the object. In a GET request, fields are added to the query. --paginate requests all pages of a collection: it follows the links to the next page in the answers, or counts the pages. --from sends the request with this number in a recording (--record) to your endpoint. Options replace its parts, but a recorded body keeps its Content-Type unless --header names another. The answer is printed unchanged. The exit status is not 0 if the status of the answer is 400 or above, or if it redirects a request that changes something.',
  arguments: [
    {
      name: 'METHOD-OR-PATH',
      description: 'a method (GET, POST, PUT, DELETE, …), or the path; with --from, the number of a request',
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
      description: 'repeat a request of this recording',
      completion: { of: 'file' },
      env: 'none',
    },
    ...fieldOptions,
    {
      name: 'paginate',
      description: 'request all pages of a collection; ?number=50 in the path makes pages of 50 members',
      conflicts: ['from', 'data'],
      env: 'none',
    },
    {
      name: 'slurp',
      description: 'with --paginate: print the pages as one JSON array',
      conflicts: ['include'],
      env: 'none',
    },
    { name: 'include', short: 'i', description: 'print the status and headers before the body', env: 'none' },
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
    { title: 'Repeat the third request of a recording', command: 'occi api --from report.har 3' },
  ],
  // A request that changes something is sent to one provider only.
  atSites: (invocation) => (isReadOnly(invocation) ? 'reads' : undefined),
  run: async (context) => {
    await send(context)
    return undefined
  },
}

/** Whether the command line shows that the request only reads. A recorded request counts as a change. */
function isReadOnly(invocation: Invocation): boolean {
  const { options } = invocation
  if (options.text('data') !== undefined || options.text('from') !== undefined) return false
  const hasMethod = invocation.word('PATH') !== undefined
  return isSafeMethod(
    hasMethod ? (invocation.word('METHOD-OR-PATH') ?? '').toUpperCase() : defaultMethod(invocation),
  )
}

/** The method if the user named none: POST with a body, otherwise GET. */
function defaultMethod(invocation: Invocation): 'GET' | 'POST' {
  const { options } = invocation
  if (options.text('data') !== undefined) return 'POST'
  return hasFields(invocation) && !options.isSet('paginate') ? 'POST' : 'GET'
}

async function send(context: CommandContext): Promise<void> {
  const request = await requestOf(context)
  const client = await context.client()
  if (context.options.isSet('paginate')) {
    if (request.method !== 'GET') {
      throw new UsageError(`--paginate requests pages with GET, not with ${request.method}`, {
        at: '--paginate',
      })
    }
    await printPages(context, client.rawPages(request, { signal: context.signal }))
    return
  }
  const response = await client.raw(request, { signal: context.signal })
  await printResponse(context, response)
  await reportFailure(context, request, response)
}

/**
 * Prints each page when it arrives. With --slurp the pages become the items of a JSON array, which is closed even if a
 * later page fails.
 */
async function printPages(context: CommandContext, pages: AsyncIterable<HttpResponse>): Promise<void> {
  const { out } = context.streams
  const slurp = context.options.isSet('slurp')
  let isFirstItem = true
  let needsLineBreak = false
  try {
    for await (const page of pages) {
      if (slurp && page.status < 400) {
        if (page.body.trim() === '') continue
        checkJson(page.body)
        await out.write(`${isFirstItem ? '[' : ','}${displayText(out, page.body.trim())}`)
        isFirstItem = false
      } else if (!slurp) {
        if (needsLineBreak) await out.write('\n')
        await printResponse(context, page)
        // On a terminal, printResponse has ended the line.
        needsLineBreak = !out.terminal && page.body !== '' && !page.body.endsWith('\n')
      }
      await reportFailure(context, { method: 'GET' }, page)
    }
  } finally {
    if (slurp) await out.write(isFirstItem ? '[]\n' : ']\n')
  }
}

function checkJson(body: string): void {
  try {
    JSON.parse(body)
  } catch (cause) {
    throw new UsageError('--slurp joins pages of JSON, but this page is not JSON', {
      cause,
      hint: 'Request JSON with --media-type json, or remove --slurp.',
      at: '--slurp',
    })
  }
}

async function printResponse(context: CommandContext, response: HttpResponse): Promise<void> {
  const { out } = context.streams
  if (context.options.isSet('include')) {
    const head = [
      `HTTP ${response.status} ${response.reason}`,
      ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ]
    await out.write(`${head.map((line) => displayText(out, line)).join('\n')}\n\n`)
  }
  if (response.body !== '') {
    await out.write(displayText(out, response.body))
    if (out.terminal && !response.body.endsWith('\n')) await out.write('\n')
  }
}

/** Escapes text for a terminal; in a pipe it is unchanged. */
function displayText({ terminal }: Sink, text: string): string {
  return terminal ? sanitizeLines(text) : text
}

/**
 * Reports a failure of the command if the response is an error, does not show whether the request was carried out, or
 * redirects a request other than GET.
 */
async function reportFailure(
  context: CommandContext,
  request: Pick<Request, 'method'>,
  response: HttpResponse,
): Promise<void> {
  const { status, reason } = response
  if (isUnclear({ method: request.method, url: response.url }, response)) {
    context.fail(
      new OutcomeUnknownError(`The provider answered ${status} ${reason}`.trimEnd(), {
        hint: `The answer does not show whether ${request.method} was carried out: check before you repeat it.`,
        facts: { status },
      }),
    )
  } else if (status >= 400 || (redirectStatuses.has(status) && request.method !== 'GET')) {
    const { certificateRefusal } = await import('../../auth/index.js')
    const certificate = certificateRefusal({ method: request.method, url: response.url }, response)
    context.fail(certificate ?? errorOf(status, reason, errorMessage(response)))
  }
}

interface Request extends FieldsRequest {
  readonly method: (typeof methods)[number]
}

/**
 * The request that the command line describes, without the headers of --header: the client adds them. Throws
 * UsageError.
 */
async function requestOf(context: CommandContext): Promise<Request> {
  const fields = await readFields(context)
  const request = await requestWithoutFields(context)
  const optionHeaders = headersOf(context)
  // --header replaces recorded headers of the same name, and takes precedence over --media-type.
  const headers = request.headers.filter(([name]) => headerValue(optionHeaders, name) === undefined)
  const sentHeader = (name: string) => headerValue([...headers, ...optionHeaders], name)
  const type = mediaTypeOf(context.settings)
  if (type !== undefined && sentHeader('accept') === undefined) headers.push(['Accept', type])
  const hasBody = (request.body !== undefined || fields.length > 0) && !isSafeMethod(request.method)
  if (type !== undefined && hasBody && sentHeader('content-type') === undefined) {
    headers.push(['Content-Type', type])
  }
  return withFields({ ...request, headers }, fields, sentHeader('content-type') ?? 'text/plain')
}

/** The media type that --media-type or the context names. */
function mediaTypeOf(settings: Settings): string | undefined {
  const name = settings.get('media-type')
  return name !== undefined && isRenderingName(name) ? renderings[name].mediaTypes[0] : undefined
}

async function requestWithoutFields(context: CommandContext): Promise<Request> {
  if (context.options.isSet('slurp') && !context.options.isSet('paginate')) {
    throw new UsageError('--slurp can only be used with --paginate', { at: '--slurp' })
  }
  const data = await bodyOf(context)
  const from = context.options.text('from')
  if (from === undefined) {
    const { method = defaultMethod(context), path } = methodAndPath(context)
    return { method, path, headers: [], ...omitUndefined({ body: data }) }
  }
  if (context.word('PATH') !== undefined) {
    throw new UsageError('--from takes the number of a request, not a path', {
      hint: `occi api --from ${from} 3`,
      at: 'PATH',
    })
  }
  return recordedRequest(context, { from, number: context.word('METHOD-OR-PATH') ?? '', data })
}

/**
 * A request of a recording, without the headers that occi sets itself and those that options replace. Throws
 * UsageError.
 */
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
      hint: `It has ${recording.exchanges.length} requests, numbered from 1.`,
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
    throw new UsageError(`Request ${number} of ${from} has the method "${exchange.request.method}"`, {
      hint: `occi api can send ${methods.join(', ')}.`,
      at: 'METHOD-OR-PATH',
    })
  }
  const base = endpointOfRecording(recording) ?? ''
  const bodyToSend = data ?? body
  const maskedParts = [
    ...(url.includes(mask) ? ['the URL'] : []),
    ...(data === undefined && body.includes(mask) ? ['the body'] : []),
  ]
  if (maskedParts.length > 0) {
    throw new UsageError(
      `Request ${number} of ${from} has a secret in ${maskedParts.join(' and ')}, which is not in the recording`,
      {
        hint: 'Give the body with --data, or write the request yourself: occi api METHOD PATH.',
        at: '--from',
      },
    )
  }
  const hasMediaTypeOption = context.settings.setting('media-type')?.origin === 'flag'
  // --media-type replaces Content-Type only for a new body: a recorded body, or recorded headers in text/occi, keep
  // theirs.
  const isReplaced = (name: string) =>
    hasMediaTypeOption && (name === 'accept' || (name === 'content-type' && data !== undefined))
  return {
    method,
    path: url.startsWith(base) ? url.slice(base.length - 1) : new URL(url).pathname + new URL(url).search,
    headers: headers.filter(([header, value]) => {
      const name = header.toLowerCase()
      return !automaticHeaders.has(name) && !isReplaced(name) && !value.includes(mask)
    }),
    ...(bodyToSend === '' ? {} : { body: bodyToSend }),
  }
}

/** Headers that occi sets in each request. */
const automaticHeaders: ReadonlySet<string> = new Set([
  'host',
  'user-agent',
  'connection',
  'content-length',
  'accept-encoding',
  'transfer-encoding',
])

/**
 * The transport returns a redirect, instead of following it, if it leads to another origin or the method forbids it.
 */
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Splits the arguments METHOD-OR-PATH and PATH. Throws UsageError. */
function methodAndPath(context: CommandContext): {
  readonly method?: (typeof methods)[number]
  readonly path: string
} {
  const firstWord = context.word('METHOD-OR-PATH') ?? ''
  const secondWord = context.word('PATH')
  const method = methods.find((name) => name === firstWord.toUpperCase())
  if (secondWord === undefined) {
    if (method !== undefined) {
      throw new UsageError('PATH is missing', { hint: `occi api ${method} /-/`, at: 'PATH' })
    }
    return { path: firstWord }
  }
  if (method === undefined) {
    throw new UsageError(`"${firstWord}" is not a method`, {
      hint: `Use one of ${methods.join(', ')}.`,
      at: 'METHOD',
    })
  }
  return { method, path: secondWord }
}

async function bodyOf(context: CommandContext): Promise<string | undefined> {
  const data = context.options.text('data')
  if (data === undefined) return undefined
  if (data === '-') return (await context.stdin('--data', purposes.requestBody)).toString('utf8')
  if (!data.startsWith('@')) return data
  return fileText(context, data.slice(1), '--data', 'Give @FILE, - or the text itself.')
}

const errorClasses: readonly (readonly [
  statuses: readonly number[],
  errorClass: new (message: string, details: ErrorDetails) => OcciError,
])[] = [
  [[401], AuthError],
  [[403, 413], ForbiddenError],
  [[404, 410], NotFoundError],
  [[409, 422], ConflictError],
]

function errorOf(status: number, reason: string, serverMessage: string | undefined): OcciError {
  const ErrorClass = errorClasses.find(([statuses]) => statuses.includes(status))?.[1] ?? ServerError
  return new ErrorClass(
    `The provider answered ${status} ${reason}`.trimEnd(),
    serverMessage === undefined ? {} : { hint: `The provider's message: ${serverMessage}` },
  )
}
