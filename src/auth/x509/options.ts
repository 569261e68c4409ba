/**
 * The options of client certificates, in their own file because every command reads the names of all options.
 */
import type { AuthOption } from '../types.js'

export const certificateOptions: readonly AuthOption[] = [
  {
    name: 'user-cert',
    sensitivity: 'pointer',
    path: true,
    description:
      'client certificate: PEM (with or without the key), PKCS#12 or proxy; default: X509_USER_PROXY, X509_USER_CERT, /tmp/x509up_uUID, ~/.globus',
    env: ['OS_CERT'],
  },
  { name: 'user-cred', sensitivity: 'pointer', path: true, description: "the same by rOCCI-cli's name" },
  {
    name: 'user-key',
    sensitivity: 'pointer',
    path: true,
    description: 'its private key, when in another file',
    env: ['OS_KEY'],
  },
  { name: 'passphrase', sensitivity: 'secret', description: 'passphrase of the private key or PKCS#12 file' },
]
