/** What `occi doctor` inspects on the machine and the network; runtime/probe.ts implements it. */
import type { TlsMaterial } from '../transport/index.js'

export interface Probe {
  /** Node's version: `v20.20.2`. */
  readonly node: string
  /** Path of the running program. */
  readonly program: string
  /** The executables of this name on the PATH, in its order, with links resolved. */
  programs(name: string): Promise<readonly string[]>
  /** Facts about the file or folder at a path; undefined if nothing exists there. */
  inspect(path: string): Promise<FileFacts | undefined>
  /** Lock files below a folder, with their age in milliseconds. */
  locks(folder: string): Promise<readonly { readonly path: string; readonly age: number }[]>
  /** All addresses of a host. Rejects with the resolver's error. */
  resolve(host: string): Promise<readonly string[]>
  /** Opens a TCP connection and closes it. Never rejects. */
  reach(address: string, port: number): Promise<ConnectionResult>
  /** Performs a TLS handshake that accepts any certificate and reports on it. Never rejects. */
  handshake(parameters: HandshakeParameters): Promise<Handshake>
}

interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other'
  /** Permission bits; undefined on systems without them (Windows). */
  readonly mode: number | undefined
  /** Whether the user owns it. */
  readonly ownedByUser: boolean
}

export type ConnectionResult =
  | { readonly ok: true; readonly milliseconds: number }
  /** `reason` is the system's error code, or `timeout`. */
  | { readonly ok: false; readonly reason: string }

export interface HandshakeParameters {
  readonly address: string
  readonly host: string
  readonly port: number
  readonly trust: TlsMaterial
  readonly maxVersion?: 'TLSv1.2'
}

export type Handshake =
  | { readonly ok: false; readonly reason: string }
  | {
      readonly ok: true
      readonly version: string
      readonly subject: string
      readonly issuer: string
      readonly validUntil: Date
      /** How many certificates the server sent. */
      readonly certificateCount: number
      readonly selfSigned: boolean
      /** OpenSSL's reason why the chain is not trusted; undefined when it is. */
      readonly untrustedReason: string | undefined
      /** Why a trusted certificate is refused: it is revoked, or its revocation status cannot be checked. */
      readonly refused: { readonly what: string; readonly hint: string } | undefined
      /** Why the certificate does not match the host name; undefined if it does. */
      readonly nameMismatch: string | undefined
      /** Whether the server asked for a client certificate. */
      readonly requestsClientCertificate: boolean
    }
