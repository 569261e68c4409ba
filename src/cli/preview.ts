/**
 * `--dry-run` and `--curl`: requests that would change something are recorded instead of sent, and answered
 * as if they had succeeded, so that the requests after them are recorded, too. Requests that only read are
 * sent, so names are looked up and input is validated as usual.
 */
import { isSafeMethod } from '../basics/http.js'
import { EndOfOperation } from '../errors/interruption.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'

/** How the requests are shown: as HTTP messages or as curl commands. */
type PreviewForm = 'http' | 'curl'

export interface Preview {
  readonly form: PreviewForm
  /** The writing requests that were not sent, in order; if there are none, the reading requests that were sent. */
  requests(): readonly HttpRequest[]
  /** The placeholders that stand for ids of entities not yet created, in URLs of later requests. */
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
  const changedUrls = new Set<string>()
  return {
    form,
    placeholders,
    requests() {
      if (writes.length > 0) return writes
      const relevant = reads.filter(({ url }) => !isQueryInterface(url))
      return relevant.length > 0 ? relevant : reads
    },
    wrap(transport) {
      const recordRead = (request: HttpRequest) => {
        // A recorded write would have changed what this URL returns.
        if (changedUrls.has(request.url)) throw new Previewed()
        reads.push(request)
      }
      const recordWrite = (request: HttpRequest): HttpResponse => {
        writes.push(request)
        const location = createdLocation(request, placeholders)
        if (location !== undefined) changedUrls.add(location)
        else if (changesWhatItsUrlReturns(request)) changedUrls.add(request.url)
        return successResponse(request, location)
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

/**
 * Whether the URL is the query interface. Reads of it are shown only if there is nothing else: every command reads the
 * model.
 */
function isQueryInterface(url: string): boolean {
  return new URL(url).pathname.endsWith('/-/')
}

/**
 * Whether the request changes what a later read of the same URL returns, so that the read is not sent. A PUT does, too:
 * createdLocation returns its URL.
 */
function changesWhatItsUrlReturns({ method, url }: HttpRequest): boolean {
  return method === 'DELETE' || isQueryInterface(url)
}

/**
 * Returns the location of the entity that the request would create: the URL of a PUT, or a placeholder below the URL of
 * a POST, which is added to `placeholders`. Undefined for actions, deletions and requests to the query interface. A
 * POST that updates an entity or adds members to a mixin is not told from a creation. Its placeholder is not printed,
 * since no later request uses it.
 */
function createdLocation({ method, url }: HttpRequest, placeholders: string[]): string | undefined {
  if (method === 'PUT') return url
  if (method !== 'POST' || new URL(url).search !== '' || isQueryInterface(url)) return undefined
  const name = placeholders.length === 0 ? 'NEW' : `NEW-${placeholders.length + 1}`
  placeholders.push(name)
  // erocci's collections have no trailing slash.
  return `${url.endsWith('/') ? url : `${url}/`}${name}`
}

function successResponse({ url }: HttpRequest, location: string | undefined): HttpResponse {
  const common = { body: '', url, tolerated: [] }
  return location === undefined
    ? { ...common, status: 200, reason: 'OK', headers: [] }
    : { ...common, status: 201, reason: 'Created', headers: [['Location', location]] }
}

async function* noChunks(): AsyncGenerator<string> {}
