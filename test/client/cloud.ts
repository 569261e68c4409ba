/** A client that talks to a sandbox without sockets; requests are kept, time passes when the client sleeps. */
import {
  type ClientSettings,
  OcciClient,
  type ProviderMemory,
  type ProviderNotes,
} from '../../src/client/index.js'
import type { Deviation } from '../../src/rendering/index.js'
import { createSandbox, sandboxOrigin, sandboxTransport } from '../../src/sandbox/index.js'
import { defaultPersona, personaNamed } from '../../src/sandbox/personas/index.js'
import { memoryStore } from '../../src/sandbox/state/store.js'
import type { HttpRequest, Transport } from '../../src/transport/index.js'

export interface CloudSetup {
  readonly as?: string
  readonly settings?: Partial<ClientSettings>
  readonly memory?: ProviderMemory
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly request: HttpRequest
}

export function cloud(setup: CloudSetup = {}) {
  let now = 1_700_000_000_000
  let count = 0
  const uuid = () => {
    count += 1
    return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
  }
  const persona = setup.as === undefined ? defaultPersona : personaNamed(setup.as)
  if (persona === undefined) throw new Error(`no persona ${setup.as}`)
  const sandbox = createSandbox({
    store: memoryStore(persona.seed(now)),
    clock: () => now,
    uuid,
    persona,
    auth: { method: 'none' },
  })
  const seen: Seen[] = []
  const deviations: Deviation[] = []
  const inner = sandboxTransport(sandbox)
  const transport = recording(inner, seen)
  const base = persona.behaviour.basePath
  const connect = (more: Partial<ClientSettings> = {}) =>
    new OcciClient({
      endpoint: `${sandboxOrigin}${base}/`,
      transport,
      clock: {
        now: () => now,
        sleep: async (milliseconds) => {
          now += milliseconds
        },
      },
      uuid,
      onDeviation: (deviation) => deviations.push(deviation),
      ...setup.settings,
      ...more,
    })
  return {
    client: connect(),
    connect,
    seen,
    deviations,
    pass: (milliseconds: number) => (now += milliseconds),
  }
}

export function recording(inner: Transport, seen: Seen[]): Transport {
  const note = (request: HttpRequest) => {
    const { pathname, search } = new URL(request.url)
    seen.push({ method: request.method, path: pathname + search, request })
  }
  return {
    send(request) {
      note(request)
      return inner.send(request)
    },
    stream(request) {
      note(request)
      return inner.stream(request)
    },
    close: () => inner.close(),
  }
}

export function memory(): ProviderMemory & { notes: ProviderNotes | undefined } {
  const kept: ProviderMemory & { notes: ProviderNotes | undefined } = {
    notes: undefined,
    load: async () =>
      kept.notes === undefined ? undefined : (JSON.parse(JSON.stringify(kept.notes)) as ProviderNotes),
    save: async (notes) => {
      kept.notes = notes
    },
  }
  return kept
}

export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

export const lines = (seen: readonly Seen[]) => seen.map(({ method, path }) => `${method} ${path}`)
