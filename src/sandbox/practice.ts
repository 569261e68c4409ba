/** The practice cloud for users of the library. */
import { omitUndefined } from '../basics/objects.js'
import { type SandboxTransport, sandboxOrigin, sandboxTransport } from './in-memory.js'
import { openSandbox } from './open.js'
import { type SandboxServer, type ServeSettings, serveSandbox } from './serve.js'
import type { SandboxAuth } from './types.js'

/** Settings of `practiceCloud`. */
export interface PracticeSettings {
  /** The server to imitate, one of `personaNames()`. Default: OCCI 1.2 as specified. */
  readonly as?: string | undefined
  /**
   * The factor by which the durations of state changes (start, stop …) are multiplied, so a higher number is slower.
   * With 1, a new machine is active after 2.5 s. Default 0: state changes are immediate.
   */
  readonly speed?: number | undefined
  /** The clock, in milliseconds since the epoch. Default: `Date`. */
  readonly clock?: { now(): number } | undefined
  /** How clients must authenticate. Default: not at all. */
  readonly auth?: SandboxAuth | undefined
}

/** A provider with images, sizes and networks, whose entities are kept in memory. */
export interface PracticeCloud {
  /** The endpoint to pass to `connect` or OcciClient, together with `transport`. */
  readonly endpoint: string
  /** Reaches the practice cloud without a socket. */
  readonly transport: SandboxTransport
  /** Serves the same entities over HTTP on loopback until the cloud is closed. Returns the endpoint. */
  serve(settings?: Pick<ServeSettings, 'host' | 'port' | 'latency'>): Promise<string>
  /** Stops serving, and discards all entities. */
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
  const { as: personaName, speed = 0, clock = Date, auth } = settings
  const { sandbox, basePath } = openSandbox({
    clock: () => clock.now(),
    speed,
    ...omitUndefined({ as: personaName, auth }),
  })
  const servers: SandboxServer[] = []
  const close = async () => {
    for (const server of servers.splice(0)) await server.close()
    await sandbox.close()
  }
  return {
    endpoint: `${sandboxOrigin}${basePath}/`,
    // Closing a client must not close the cloud, which other clients may use.
    transport: { ...sandboxTransport(sandbox), close: async () => {} },
    async serve(serveSettings = {}) {
      const server = await serveSandbox(sandbox, { ...serveSettings, basePath })
      servers.push(server)
      return server.endpoint
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
