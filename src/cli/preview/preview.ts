/**
 * `--dry-run` and `--curl`: what would change something is noted instead of sent, and answered as if it had
 * been done, so that the next request of the same command is seen, too. What only reads is sent: names are
 * looked up and everything is checked against the model as always.
 */
import type { HttpRequest, HttpResponse, Transport } from '../../transport/index.js'

/** How it is shown: as HTTP, or as commands for a shell. */
export type PreviewForm = 'http' | 'curl'

export interface Preview {
  readonly form: PreviewForm
  /** What would be sent, in order; where nothing would change, what was read. */
  requests(): readonly HttpRequest[]
  /** Stands in for what was made or not read, in URLs of later requests. */
  readonly placeholders: readonly string[]
  /** The outermost layer, above which there is only the client. */
  over(transport: Transport): Transport
}

/** Ends a command when only the answer to a request that was not sent could tell how it goes on. */
export class Previewed extends Error {
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
        // Nobody could tell what would be there now.
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
          if (!isReading(request)) return noted(request)
          looked(request)
          return transport.send(request)
        },
        async stream(request) {
          if (!isReading(request)) {
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

function isReading({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** The model is asked for by every command; it is nobody's point. */
function isQuery(url: string): boolean {
  return new URL(url).pathname.endsWith('/-/')
}

/** Whoever reads it again wants to see what the request did to it. */
function leavesNothingAsItWas({ method, url }: HttpRequest): boolean {
  return method === 'DELETE' || isQuery(url)
}

/** Where it would be: a PUT says so itself, a POST to a collection is answered with a place in it. */
function placeOf({ method, url }: HttpRequest, placeholders: string[]): string | undefined {
  if (method === 'PUT') return url
  if (method !== 'POST' || new URL(url).search !== '' || isQuery(url)) return undefined
  const name = placeholders.length === 0 ? 'NEW' : `NEW-${placeholders.length + 1}`
  placeholders.push(name)
  // Collections of erocci have no slash at their end.
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
