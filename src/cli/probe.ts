/** What `occi doctor` looks at on the machine and the network; runtime/probe.ts implements it. */
import type { TlsMaterial } from '../transport/index.js'

export interface Probe {
  /** `v20.20.2` */
  readonly node: string
  /** Path of the running program. */
  readonly program: string
  /** The executables of this name on the PATH, in its order, with links resolved. */
  programs(name: string): Promise<readonly string[]>
  /** Undefined when nothing exists at the path. */
  inspect(path: string): Promise<FileFacts | undefined>
  /** Lock files below a folder, with their age in milliseconds. */
  locks(folder: string): Promise<readonly { readonly path: string; readonly age: number }[]>
  /** All addresses of a host. Rejects with the resolver's error. */
  resolve(host: string): Promise<readonly string[]>
  /** Opens a TCP connection and closes it. Never rejects. */
  reach(address: string, port: number): Promise<Reached>
  /** A TLS handshake that accepts any certificate and reports on it. Never rejects. */
  handshake(parameters: HandshakeParameters): Promise<Handshake>
}

interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other'
  /** Permission bits; undefined on systems without them (Windows). */
  readonly mode: number | undefined
  /** Whether the user owns it. */
  readonly own: boolean
}

export type Reached =
  | { readonly ok: true; readonly milliseconds: number }
  /** `why` is the system's code, or `timeout`. */
  | { readonly ok: false; readonly why: string }

export interface HandshakeParameters {
  readonly address: string
  readonly host: string
  readonly port: number
  readonly trust: TlsMaterial
  readonly maxVersion?: 'TLSv1.2'
}

export type Handshake =
  | { readonly ok: false; readonly why: string }
  | {
      readonly ok: true
      readonly version: string
      readonly subject: string
      readonly issuer: string
      readonly until: Date
      /** The certificates that the server sent. */
      readonly sent: number
      readonly selfSigned: boolean
      /** OpenSSL's reason why the chain is not trusted; undefined when it is. */
      readonly distrust: string | undefined
      /** Why a trusted certificate is refused: it is revoked, or its revocation cannot be checked. */
      readonly refused: { readonly what: string; readonly hint: string } | undefined
      /** Why the name does not fit; undefined when it does. */
      readonly otherName: string | undefined
      /** Whether the server asked for a client certificate. */
      readonly asksForCertificate: boolean
    }
