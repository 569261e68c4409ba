/** Declares the part of undici's SOCKS5 client that is used here. undici does not declare it; its version is pinned. */
declare module 'undici/lib/core/socks5-client.js' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'

  /** Emits `authenticated`, `connected`, `error` and `close`. Errors have codes that begin with UND_ERR_SOCKS5_. */
  export class Socks5Client extends EventEmitter {
    constructor(socket: Socket, login: { readonly username?: string; readonly password?: string })
    handshake(): void
    connect(address: string, port: number): void
  }
}
