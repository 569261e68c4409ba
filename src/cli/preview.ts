/**
 * `--dry-run` and `--curl`: requests that would change something are recorded instead of sent, and answered
 * as if they had succeeded, so that the requests after them are recorded, too. Requests that only read are
 * sent, so names are looked up and input is validated as usual.
 */
import { isSafeMethod } from '../basics/http.js'
import { EndOfOperation } from '../errors/interruption.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'

/** The form of the preview: HTTP, or shell commands. */
type PreviewForm = 'http' | 'curl'

export interface Preview {
  readonly form: PreviewForm
  /** The requests that would be sent, in order; if nothing would change, the reading requests that were sent. */
  requests(): readonly HttpRequest[]
  /** Placeholders for ids that are not known, in URLs of later requests. */
  readonly placeholders: readonly string[]
  /** Wraps the transport as the outermost layer, directly below the client. */
  wrap(transport: Transport): Transport
}

/** Thrown to end a command that cannot continue without the response to a request that was not sent. */
export class Previewed extends EndOfOperation {
  constructor() {
    super('The next step depends on the response to a request that was not sent')
    this.name = 'Previewed'
  }
}

export function createPreview(form: PreviewForm): Preview {
  const reads: HttpRequest[] = []
  const writes: HttpRequest[] = []
  const placeholders: string[] = []
  const unknown = new Set<string>()
  return {
    form,
    placeholders,
    requests() {
      if (writes.length > 0) return writes
      const relevant = reads.filter(({ url }) => !isQuery(url))
      return relevant.length > 0 ? relevant : reads
    },
    wrap(transport) {
      const recordRead = (request: HttpRequest) => {
        // A recorded write would have changed what this URL returns.
        if (unknown.has(request.url)) throw new Previewed()
        reads.push(request)
      }
      const recordWrite = (request: HttpRequest): HttpResponse => {
        writes.push(request)
        const place = createdLocation(request, placeholders)
        unknown.add(place ?? (changesItsOwnUrl(request) ? request.url : ''))
        return successResponse(request, place)
      }
      return {
        async send(request) {
          if (!isSafeMethod(request.method)) return recordWrite(request)
          recordRead(request)
          return transport.send(request)
        },
        async stream(request) {
          if (!isSafeMethod(request.method)) {
            const { body: _, ...head } = recordWrite(request)
            return { ...head, chunks: noChunks() }
          }
          recordRead(request)
          return transport.stream(request)
        },
        close: () => transport.close(),
      }
    },
  }
}

/** Whether it is the query interface: every command reads the model there, so that request is not shown. */
function isQuery(url: string): boolean {
  return new URL(url).pathname.endsWith('/-/')
}

/** Whether the request changes what a later read of the same URL returns. */
function changesItsOwnUrl({ method, url }: HttpRequest): boolean {
  return method === 'DELETE' || isQuery(url)
}

/**
 * The location of the created entity: the URL of a PUT, or a placeholder below the collection of a POST.
 */
function createdLocation({ method, url }: HttpRequest, placeholders: string[]): string | undefined {
  if (method === 'PUT') return url
  if (method !== 'POST' || new URL(url).search !== '' || isQuery(url)) return undefined
  const name = placeholders.length === 0 ? 'NEW' : `NEW-${placeholders.length + 1}`
  placeholders.push(name)
  // erocci's collections have no trailing slash.
  return `${url.endsWith('/') ? url : `${url}/`}${name}`
}

function successResponse({ url }: HttpRequest, place: string | undefined): HttpResponse {
  const made = place === undefined ? undefined : (['Location', place] as const)
  return {
    status: made === undefined ? 200 : 201,
    reason: made === undefined ? 'OK' : 'Created',
    headers: made === undefined ? [] : [made],
    body: '',
    url,
    tolerated: [],
  }
}

async function* noChunks(): AsyncGenerator<string> {}
