/** What a file is read for, with the limits and rules for such files. */
export interface Purpose {
  /** The purpose with an article, for messages. */
  readonly name: string
  /** The largest size, in bytes. */
  readonly limit: number
  /** Whether the file may be a pipe: `<(command)` or a FIFO. */
  readonly pipe?: boolean
  /** Whether the file is refused if other users can read it. */
  readonly secret?: true
  /**
   * Whether the file was found at a well-known path rather than named by the user. Symbolic links are refused then, and
   * files that other users own or can write.
   */
  readonly discovered?: true
}

const KiB = 1024
const MiB = 1024 * KiB

/** All purposes for which files are read. */
export const purposes = {
  /** config.json and clouds.yaml. Not from pipes, since every command reads them. */
  settings: { name: 'a settings file', limit: 4 * MiB },
  /** .occi.yaml, usually part of a checkout. */
  project: { name: 'a project file', limit: 256 * KiB },
  /** Named by the user for one import: openrc, clouds.yaml, target.properties. */
  imported: { name: 'a file of settings', limit: 4 * MiB, pipe: true },
  secret: { name: 'a secret', limit: 64 * KiB, pipe: true, secret: true },
  /** The CA bundle of a distribution has 220 KiB. */
  authorities: { name: 'CA certificates', limit: 8 * MiB, pipe: true },
  /** The lists of large authorities have some megabytes. */
  revocations: { name: 'a revocation list', limit: 64 * MiB },
  certificate: { name: 'a certificate or key', limit: 1 * MiB, pipe: true },
  /** /tmp/x509up_uUID, in a folder that every user can write to. */
  foundCertificate: { name: 'a certificate or key', limit: 1 * MiB, discovered: true },
  sshKey: { name: 'an ssh key', limit: 64 * KiB, pipe: true },
  userData: { name: 'user data', limit: 16 * MiB, pipe: true },
  requestBody: { name: 'the body of a request', limit: 256 * MiB, pipe: true },
  message: { name: 'a message', limit: 256 * MiB, pipe: true },
  recording: { name: 'a recording', limit: 256 * MiB, pipe: true },
  names: { name: 'a list of names', limit: 64 * MiB, pipe: true },
  /** The models of large providers have tens of megabytes. */
  cache: { name: 'a cache', limit: 256 * MiB },
  completion: { name: 'the names for completion', limit: 64 * MiB },
  history: { name: 'a history of requests', limit: 16 * MiB },
  lock: { name: 'a lock', limit: 4 * KiB },
  manifest: { name: 'a package.json', limit: 1 * MiB },
  stack: { name: 'a stack file', limit: 4 * MiB, pipe: true },
  stackState: { name: 'the state of a stack', limit: 64 * MiB },
  practiceCloud: { name: 'the state of a practice cloud', limit: 512 * MiB },
} as const satisfies Readonly<Record<string, Purpose>>
