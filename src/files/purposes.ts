/** What files are read for, each with its limit. */

export interface Purpose {
  /** With its article, for messages. */
  readonly name: string
  /** Bytes. */
  readonly limit: number
  /** Whether it may come through a pipe: `<(command)`, a FIFO. */
  readonly pipe?: boolean
  /** Refused when others can read it. */
  readonly secret?: true
  /** It was found, not named: refused as a link, and when others own it or can write it. */
  readonly found?: true
}

const KiB = 1024
const MiB = 1024 * KiB

export const purposes = {
  /** config.json, .occi.yaml, clouds.yaml: nobody writes them anew for each command. */
  settings: { name: 'a settings file', limit: 4 * MiB },
  /** .occi.yaml: it comes with a checkout. */
  project: { name: 'a project file', limit: 256 * KiB },
  /** Given by name, once: openrc, clouds.yaml, target.properties. */
  imported: { name: 'a file of settings', limit: 4 * MiB, pipe: true },
  secret: { name: 'a secret', limit: 64 * KiB, pipe: true, secret: true },
  /** The bundle of a distribution has 220 KiB. */
  authorities: { name: 'CA certificates', limit: 8 * MiB, pipe: true },
  certificate: { name: 'a certificate or key', limit: 1 * MiB, pipe: true },
  /** In a folder that everybody can write: /tmp/x509up_uUID. */
  foundCertificate: { name: 'a certificate or key', limit: 1 * MiB, found: true },
  sshKey: { name: 'an ssh key', limit: 64 * KiB, pipe: true },
  userData: { name: 'user data', limit: 16 * MiB, pipe: true },
  requestBody: { name: 'the body of a request', limit: 256 * MiB, pipe: true },
  message: { name: 'a message', limit: 256 * MiB, pipe: true },
  names: { name: 'a list of names', limit: 64 * MiB, pipe: true },
  /** Models of large providers reach some tens of megabytes. */
  cache: { name: 'a cache', limit: 256 * MiB },
  completion: { name: 'the names for completion', limit: 64 * MiB },
  history: { name: 'a history of requests', limit: 16 * MiB },
  lock: { name: 'a lock', limit: 4 * KiB },
  manifest: { name: 'a package.json', limit: 1 * MiB },
  practiceCloud: { name: 'the state of a practice cloud', limit: 512 * MiB },
} as const satisfies Readonly<Record<string, Purpose>>
