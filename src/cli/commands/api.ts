/** `occi api`: sends any request below the endpoint, with credentials. */

import { present } from '../../basics/objects.js'
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
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import { sanitizeLines } from '../output/index.js'

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'] as const

export const api: CommandDeclaration = {
  path: ['api'],
  summary: 'Send any request to the provider and show its answer',
  description:
    'The request is signed with the credentials in force and goes to the endpoint only. The body comes from --data; with it the method is POST unless one is named. The answer is shown as it is; an HTTP status of 400 and more, or a redirect of what changes something, decides the exit status.',
  arguments: [
    { name: 'METHOD-OR-PATH', description: 'a method (GET, POST, PUT, DELETE, …), or the path' },
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
    { name: 'include', short: 'i', description: 'show status and headers before the body', env: 'none' },
  ],
  examples: [
    { say: 'The query interface, as the provider writes it', command: 'occi api /-/' },
    {
      say: 'A header of your own, and the headers of the answer',
      command: "occi api GET /compute/ -i --header 'Accept: text/uri-list'",
    },
    {
      say: 'An action in the text rendering',
      command: "occi api POST '/compute/4f1c?action=stop' --header 'Content-Type: text/plain' -d @stop.txt",
    },
  ],
  run: async (context) => {
    await send(context)
    return undefined
  },
}

async function send(context: CommandContext): Promise<void> {
  const { method, path } = target(context)
  const body = await bodyOf(context)
  const client = await context.client()
  const request = {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    path,
    ...present({ body }),
  } as const
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
    context.fail(failure(status, reason, errorWords(response)))
  }
}

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
