/** The practice cloud for users of the library. */
import { type SandboxTransport, sandboxOrigin, sandboxTransport } from './in-memory.js'
import { openSandbox } from './open.js'
import { type ServeSettings, serveSandbox } from './serve.js'
import type { SandboxAuth } from './types.js'

/** Settings of `practiceCloud`. */
export interface PracticeSettings {
  /** The server that it imitates, one of `personaNames()`. Default: OCCI 1.2 as specified. */
  readonly as?: string | undefined
  /**
   * Factor on the time that machines take to start, stop …: 1 is 2.5 s for a start. Default 0: as soon as the
   * entity is read.
   */
  readonly speed?: number | undefined
  /** Whose time it is, in milliseconds. Default: the time of this machine. */
  readonly clock?: { now(): number } | undefined
  /** What a client must send to be let in. Default: nothing. */
  readonly auth?: SandboxAuth | undefined
}

/** A provider with images, sizes and networks, whose entities are kept in memory. */
export interface PracticeCloud {
  /** For `connect` or OcciClient, with the transport. */
  readonly endpoint: string
  /** Reaches it without a socket. */
  readonly transport: SandboxTransport
  /** Serves the same entities over HTTP on loopback; answers the endpoint there. Closed with the cloud. */
  serve(settings?: Pick<ServeSettings, 'host' | 'port' | 'latency'>): Promise<string>
  /** Stops serving, and forgets all entities. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens a practice cloud. Throws UsageError for an unknown persona.
 *
 * ```ts
 * await using cloud = practiceCloud()
 * await using client = await connect({ endpoint: cloud.endpoint, transport: cloud.transport })
 * ```
 */
export function practiceCloud(settings: PracticeSettings = {}): PracticeCloud {
  const { as, speed = 0, clock = Date, auth } = settings
  const { sandbox, basePath } = openSandbox({
    clock: () => clock.now(),
    speed,
    ...(as === undefined ? {} : { as }),
    ...(auth === undefined ? {} : { auth }),
  })
  const served: { close(): Promise<void> }[] = []
  const close = async () => {
    for (const each of served.splice(0)) await each.close()
    await sandbox.close()
  }
  return {
    endpoint: `${sandboxOrigin}${basePath}/`,
    // A client that is closed leaves the cloud open for the next one.
    transport: { ...sandboxTransport(sandbox), close: async () => {} },
    async serve(given = {}) {
      const server = await serveSandbox(sandbox, { ...given, basePath })
      served.push(server)
      return server.endpoint
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
