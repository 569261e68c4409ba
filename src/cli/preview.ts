/**
 * `--dry-run` and `--curl`: requests that would change something are recorded instead of sent, and answered
 * as if they had succeeded, so that the command's next request is seen, too. Requests that only read are
 * sent: names are looked up and everything is validated as usual.
 */
import { isSafeMethod } from '../basics/http.js'
import { EndOfOperation } from '../errors/interruption.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'

/** The form of the preview: HTTP, or shell commands. */
type PreviewForm = 'http' | 'curl'

export interface Preview {
  readonly form: PreviewForm
  /** The requests that would be sent, in order; if nothing would change, the ones that were read. */
  requests(): readonly HttpRequest[]
  /** Placeholders for ids that are not known, in URLs of later requests. */
  readonly placeholders: readonly string[]
  /** Wraps the transport as the outermost layer, directly below the client. */
  over(transport: Transport): Transport
}

/** Ends a command that cannot go on without the answer to a request that was not sent. */
export class Previewed extends EndOfOperation {
  constructor() {
    super('What comes next depends on an answer that was not asked for')
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
      const telling = reads.filter(({ url }) => !isQuery(url))
      return telling.length > 0 ? telling : reads
    },
    over(transport) {
      const looked = (request: HttpRequest) => {
        // What this URL would contain now is not known.
        if (unknown.has(request.url)) throw new Previewed()
        reads.push(request)
      }
      const noted = (request: HttpRequest): HttpResponse => {
        writes.push(request)
        const place = placeOf(request, placeholders)
        unknown.add(place ?? (leavesNothingAsItWas(request) ? request.url : ''))
        return answer(request, place)
      }
      return {
        async send(request) {
          if (!isSafeMethod(request.method)) return noted(request)
          looked(request)
          return transport.send(request)
        },
        async stream(request) {
          if (!isSafeMethod(request.method)) {
            const { body: _, ...head } = noted(request)
            return { ...head, chunks: nothing() }
          }
          looked(request)
          return transport.stream(request)
        },
        close: () => transport.close(),
      }
    },
  }
}

/** Every command reads the model, so that request is not shown. */
function isQuery(url: string): boolean {
  return new URL(url).pathname.endsWith('/-/')
}

/** Whether a later read would show the effect of this request. */
function leavesNothingAsItWas({ method, url }: HttpRequest): boolean {
  return method === 'DELETE' || isQuery(url)
}

/**
 * The location of the entity: a PUT names it, and a POST to a collection is answered with a placeholder in
 * it.
 */
function placeOf({ method, url }: HttpRequest, placeholders: string[]): string | undefined {
  if (method === 'PUT') return url
  if (method !== 'POST' || new URL(url).search !== '' || isQuery(url)) return undefined
  const name = placeholders.length === 0 ? 'NEW' : `NEW-${placeholders.length + 1}`
  placeholders.push(name)
  // erocci's collections have no trailing slash.
  return `${url.endsWith('/') ? url : `${url}/`}${name}`
}

function answer({ url }: HttpRequest, place: string | undefined): HttpResponse {
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

async function* nothing(): AsyncGenerator<string> {}
