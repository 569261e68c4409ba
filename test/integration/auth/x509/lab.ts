/** Certificates and TLS servers made at test time: by the openssl command, node:https, and python3's ssl. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'

export interface ListOptions {
  /** Names of certificates. */
  readonly revoked?: readonly string[]
  readonly lastUpdate?: string
  readonly nextUpdate?: string
  readonly more?: readonly string[]
}

export const passphrase = 'planted-passphrase'

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'occi-x509-'))

  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text, { mode: 0o600 })
  }

  openssl(...args: readonly string[]): void {
    execFileSync('openssl', [...args], { cwd: this.folder, stdio: 'pipe' })
  }

  /** `kind` as for `key`. */
  authority(name: string, subject: string, ...kind: readonly string[]): void {
    const extensions = [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    ]
    this.key(name, ...kind)
    this.openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '30',
      '-subj',
      subject,
      ...extensions,
    )
  }

  key(name: string, ...kind: readonly string[]): void {
    const options = kind.length === 0 ? ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] : kind
    this.openssl('genpkey', ...options, '-out', `${name}.key`)
  }

  /** Signs the key `name` for a subject; `signer` is an authority, or for proxies a user. */
  certificate(
    name: string,
    subject: string,
    signer: string,
    extensions: string,
    ...more: readonly string[]
  ): void {
    this.write(`${name}.ext`, extensions)
    this.openssl('req', '-new', '-utf8', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`)
    const sign = [
      '-CA',
      `${signer}.pem`,
      '-CAkey',
      `${signer}.key`,
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
    ]
    this.openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...sign,
      '-out',
      `${name}.pem`,
      ...(more.length === 0 ? ['-days', '10'] : more),
    )
  }

  /** The authority's revocation list as `target`. Times as openssl takes them; `nextUpdate` in the past: ended. */
  revocationList(
    authority: string,
    target: string,
    {
      revoked = [],
      lastUpdate = '20260101000000Z',
      nextUpdate = '20991231235959Z',
      more = [],
    }: ListOptions = {},
  ): void {
    const entries = revoked.map((name) => {
      const { serialNumber } = new X509Certificate(this.read(`${name}.pem`))
      return `R\t491231235959Z\t260101000000Z\t${serialNumber}\tunknown\t/CN=${name}\n`
    })
    this.write('index.txt', entries.join(''))
    this.write('ca.cnf', '[ca]\ndefault_ca=lab\n[lab]\ndatabase=index.txt\ndefault_md=sha256\n')
    const sign = ['-keyfile', `${authority}.key`, '-cert', `${authority}.pem`]
    const times = ['-crl_lastupdate', lastUpdate, '-crl_nextupdate', nextUpdate]
    this.openssl('ca', '-config', 'ca.cnf', '-gencrl', ...sign, ...times, ...more, '-out', target)
  }

  /** `1a2b3c4d`, as directories of authorities name them: today's hash, or that of OpenSSL before 1.0. */
  hash(name: string, kind: 'new' | 'old' = 'new'): string {
    const option = kind === 'new' ? '-subject_hash' : '-subject_hash_old'
    return execFileSync('openssl', ['x509', '-in', this.path(`${name}.pem`), '-noout', option], {
      encoding: 'utf8',
    }).trim()
  }

  join(target: string, ...names: readonly string[]): void {
    this.write(target, names.map((name) => this.read(name)).join(''))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const leaf =
  'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth,serverAuth\nsubjectAltName=IP:127.0.0.1\n'
export const proxyExtensions = (policy = 'id-ppl-inheritAll', more = '') =>
  `keyUsage=critical,digitalSignature,keyEncipherment\nproxyCertInfo=critical,language:${policy}\n${more}`
/** GT3.x limited proxies: RFC 3820's limited policy is Globus' own OID. */
export const limitedPolicy = '1.3.6.1.4.1.3536.1.1.1.9'

export interface TlsServer {
  readonly url: string
  close(): Promise<void>
}

/** Demands a certificate of `ca` and answers with the subject that it saw. */
export async function nodeServer(
  lab: Lab,
  ca: string,
  { cert = 'server.pem', key = 'server.key' }: { readonly cert?: string; readonly key?: string } = {},
): Promise<TlsServer> {
  const server: Server = createServer(
    {
      key: lab.read(key),
      cert: lab.read(cert),
      ca: lab.read(`${ca}.pem`),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      response.end(JSON.stringify(subject))
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const pythonServer = `
import http.server, json, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        cert = self.connection.getpeercert() or {}
        body = json.dumps([list(item) for part in cert.get('subject', ()) for item in part]).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client):
        pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.load_verify_locations(sys.argv[3])
context.verify_mode = ssl.CERT_REQUIRED
context.verify_flags |= ssl.VERIFY_ALLOW_PROXY_CERTS
server = Server(('127.0.0.1', 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
`

/** Validates proxy chains by OpenSSL itself (VERIFY_ALLOW_PROXY_CERTS, Python 3.10 and later). */
export async function proxyServer(lab: Lab, ca: string): Promise<TlsServer> {
  lab.write('server.py', pythonServer)
  const python = ['/usr/bin/python3', 'python3'].find(knowsProxies)
  if (python === undefined) throw new Error('this test needs python3 (3.10 or later) with ssl')
  const child: ChildProcess = spawn(
    python,
    [lab.path('server.py'), lab.path('server.pem'), lab.path('server.key'), lab.path(`${ca}.pem`)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()))
    child.once('exit', (code) => reject(new Error(`python server: exit ${code}`)))
  })
  return {
    url: `https://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill()
      }),
  }
}

function knowsProxies(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import ssl; ssl.VERIFY_ALLOW_PROXY_CERTS'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** DER, for the VOMS extension, which openssl has no words for. */
export const der = {
  value: (tag: number, content: Uint8Array | string): Buffer => {
    const bytes = Buffer.from(content as string)
    const length = bytes.length < 128 ? [bytes.length] : [0x82, bytes.length >> 8, bytes.length & 255]
    return Buffer.concat([Buffer.from([tag, ...length]), bytes])
  },
  sequence: (...parts: readonly Uint8Array[]): Buffer => der.value(0x30, Buffer.concat(parts)),
}

/** The shape that matters of a VOMS AC sequence: validity, policy authority, FQANs. Not signed by anybody. */
export function vomsExtension(vo: string, fqans: readonly string[], until: string): string {
  const validity = der.sequence(der.value(0x18, '20260101000000Z'), der.value(0x18, until))
  const authority = der.value(0xa0, der.value(0x86, `${vo}://voms.example.org:15000`))
  const values = der.sequence(...fqans.map((fqan) => der.value(0x04, fqan)))
  const attribute = der.sequence(
    der.value(0x06, Buffer.from('2b06010401be45646404', 'hex')),
    der.value(0x31, der.sequence(authority, values)),
  )
  const info = der.sequence(der.value(0x02, Buffer.from([1])), validity, der.sequence(attribute))
  const value = der.sequence(der.sequence(der.sequence(info)))
  return `1.3.6.1.4.1.8005.100.100.5=DER:${value.toString('hex')}`
}
