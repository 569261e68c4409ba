/** The package has no types of its own; this much of it is used. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export class Provider {
    constructor(issuer: string, configuration: object)
    use(
      middleware: (context: { body?: Record<string, unknown> }, next: () => Promise<void>) => Promise<void>,
    ): void
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  }
}
