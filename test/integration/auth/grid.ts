/** The grid's own programs: VOMS' clients make and read proxies, Apache lets them in by mod_gridsite. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Prefix } from './debian.js'
import { freePort, type Running, startServer } from './process.js'
import type { Lab } from './x509/lab.js'

const run = promisify(execFile)

export interface VomsInfo {
  readonly subject: string
  readonly issuer: string
  /** Whose proxy it is. */
  readonly identity: string
  /** `RFC compliant proxy`, `GT3-style proxy`, `proxy`, `limited proxy`. */
  readonly type: string
  /** The earliest and the latest moment that the time left allows, in milliseconds. */
  readonly ends: readonly [earliest: number, latest: number]
  readonly vos: readonly {
    readonly vo: string
    readonly attributes: readonly string[]
    readonly ends: readonly [earliest: number, latest: number]
  }[]
}

export interface VomsClients {
  /** voms-proxy-fake: a proxy of the lab's `user`, with attributes signed by the lab's `voms`. */
  make(target: string, ...more: readonly string[]): Promise<string>
  /** voms-proxy-info -all */
  info(file: string): Promise<VomsInfo>
}

/** `certificates`: a hashed directory that holds the authority. */
export function vomsClients(prefix: Prefix, lab: Lab, certificates: string): VomsClients {
  const env = { ...prefix.env, HOME: lab.folder, X509_CERT_DIR: certificates }
  const fixed = [
    ...['-certdir', certificates, '-hostcert', lab.path('voms.pem'), '-hostkey', lab.path('voms.key')],
    ...['-uri', 'voms.example.org:15000', '-quiet'],
  ]
  return {
    async make(target, ...more) {
      const file = lab.path(target)
      const user = more.includes('-cert') ? [] : ['-cert', lab.path('user.pem'), '-key', lab.path('user.key')]
      await run(prefix.path('usr/bin/voms-proxy-fake'), [...fixed, ...user, ...more, '-out', file], { env })
      return file
    },
    async info(file) {
      const before = Date.now()
      // Debian's alternatives give it the name without the 2.
      const program = prefix.path('usr/bin/voms-proxy-info2')
      const { stdout } = await run(program, ['-file', file, '-all'], { env })
      return parsed(stdout, before, Date.now())
    },
  }
}

function parsed(text: string, before: number, after: number): VomsInfo {
  const [own = '', ...vos] = text.split(/^=== VO .*\n/m)
  const all = (part: string, key: string) =>
    [...part.matchAll(new RegExp(`^${key} *: (.*)$`, 'gm'))].map(([, value]) => unescaped(value ?? ''))
  const one = (part: string, key: string) => all(part, key)[0] ?? ''
  const ends = (part: string): readonly [number, number] => {
    const [hours = 0, minutes = 0, seconds = 0] = one(part, 'timeleft').split(':').map(Number)
    const left = (hours * 3600 + minutes * 60 + seconds) * 1000
    // What has ended is shown as no time left.
    return left === 0 ? [0, after] : [before + left - 1000, after + left + 1000]
  }
  return {
    subject: one(own, 'subject'),
    issuer: one(own, 'issuer'),
    identity: one(own, 'identity'),
    type: one(own, 'type'),
    ends: ends(own),
    vos: vos.map((part) => ({
      vo: one(part, 'VO'),
      attributes: all(part, 'attribute').filter((each) => each.startsWith('/')),
      ends: ends(part),
    })),
  }
}

/** OpenSSL writes UTF-8 in names as `\xC5\xBD`. */
function unescaped(text: string): string {
  return Buffer.from(
    text.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
}

export interface GridApache extends Running {
  /** SSLVerifyClient require */
  readonly required: string
  /** SSLVerifyClient optional: strangers are answered 403. */
  readonly optional: string
}

export interface GridSite {
  /** Where what is let in goes, with the subject in X-Client-Dn. */
  readonly backend: string
  /** mod_gridsite, which takes proxies; without it they are refused, whatever OPENSSL_ALLOW_PROXY_CERTS says. */
  readonly gridsite: boolean
  /** The server's certificate with those between it and the authority, and its key. */
  readonly certificate?: readonly [file: string, key: string]
}

export async function startGridApache(
  prefix: Prefix,
  lab: Lab,
  { backend, gridsite, certificate = ['server.pem', 'server.key'] }: GridSite,
): Promise<GridApache> {
  const [required, optional] = [await freePort(), await freePort()]
  const folder = lab.path(`apache-${required}`)
  mkdirSync(folder)
  const modules = [
    ...['mpm_prefork', 'authn_core', 'authz_core', 'headers', 'proxy', 'proxy_http', 'ssl', 'socache_shmcb'],
    ...(gridsite ? ['gridsite'] : []),
  ].map((name) => `LoadModule ${name}_module ${prefix.path(`usr/lib/apache2/modules/mod_${name}.so`)}`)
  const host = (port: number, verify: string, access: string) => `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
  SSLEngine on
  SSLCertificateFile ${lab.path(certificate[0])}
  SSLCertificateKeyFile ${lab.path(certificate[1])}
  SSLCACertificateFile ${lab.path('ca.pem')}
  SSLVerifyClient ${verify}
  SSLVerifyDepth 9
  SSLOptions +StdEnvVars +ExportCertData
  RequestHeader set X-Client-Dn "%{SSL_CLIENT_S_DN}s"
  ProxyPreserveHost On
  ProxyPass / ${backend}/
  <Location />
    ${access}
  </Location>
</VirtualHost>
`
  writeFileSync(
    join(folder, 'apache.conf'),
    `ServerRoot ${folder}
ServerName 127.0.0.1
PidFile ${join(folder, 'pid')}
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ErrorLog ${join(folder, 'error.log')}
${modules.join('\n')}
SSLSessionCache none
${gridsite ? 'GridSiteGSIProxyLimit 9' : ''}
${host(required, 'require', 'Require all granted')}
${host(optional, 'optional', `Require expr "%{SSL_CLIENT_VERIFY} == 'SUCCESS'"`)}`,
  )
  const running = await startServer(
    prefix.path('usr/sbin/apache2'),
    ['-X', '-d', folder, '-f', join(folder, 'apache.conf')],
    required,
    { ...prefix.env, OPENSSL_ALLOW_PROXY_CERTS: '1' },
  )
  const url = (port: number) => `https://127.0.0.1:${port}/`
  return { ...running, required: url(required), optional: url(optional) }
}
