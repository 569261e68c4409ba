/** What stands before Keystone and OCCI at real sites: nginx with client certificates, and Apache. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request as forward, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Prefix } from './debian.js'
import { freePort, type Running, startServer } from './process.js'
import type { Lab } from './x509/lab.js'

export interface Nginx extends Running {
  /** ssl_verify_client optional; hands the DN to Keystone. */
  readonly optional: string
  /** ssl_verify_client on. */
  readonly required: string
}

export async function startNginx(prefix: Prefix, lab: Lab, keystone: string): Promise<Nginx> {
  const folder = lab.path('nginx')
  mkdirSync(folder)
  const [optional, required] = [await freePort(), await freePort()]
  const common = `ssl_certificate ${lab.path('server.pem')};
    ssl_certificate_key ${lab.path('server.key')};
    ssl_client_certificate ${lab.path('ca.pem')};
    ssl_verify_depth 5;`
  const conf = `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${join(folder, 'pid')};
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  server {
    listen 127.0.0.1:${optional} ssl;
    ${common}
    ssl_verify_client optional;
    location / {
      proxy_pass ${keystone};
      proxy_set_header Host $http_host;
      proxy_set_header X-Client-Dn $ssl_client_s_dn;
    }
  }
  server {
    listen 127.0.0.1:${required} ssl;
    ${common}
    ssl_verify_client on;
    location / { default_type application/json; return 200 '{"dn":"$ssl_client_s_dn"}'; }
  }
}
`
  writeFileSync(join(folder, 'nginx.conf'), conf)
  const program = prefix.path('usr/sbin/nginx')
  const running = await startServer(
    program,
    ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')],
    optional,
    prefix.env,
  )
  return { ...running, optional: `https://127.0.0.1:${optional}`, required: `https://127.0.0.1:${required}/` }
}

export interface Apache extends Running {
  /** /digest/ and /basic/, plain HTTP on loopback. */
  readonly http: string
  /** SSLVerifyClient require inside a Location. */
  readonly https: string
}

export async function startApache(prefix: Prefix, lab: Lab, user: string, password: string): Promise<Apache> {
  const folder = lab.path('apache')
  for (const name of ['digest', 'basic', 'secure']) {
    mkdirSync(join(folder, 'www', name), { recursive: true })
    writeFileSync(join(folder, 'www', name, 'index.json'), '{"hello":"world"}')
  }
  const hash = (algorithm: string, text: string) => createHash(algorithm).update(text, 'utf8')
  writeFileSync(
    join(folder, 'digest'),
    `${user}:occi:${hash('md5', `${user}:occi:${password}`).digest('hex')}\n`,
  )
  writeFileSync(join(folder, 'basic'), `${user}:{SHA}${hash('sha1', password).digest('base64')}\n`)
  const [http, https] = [await freePort(), await freePort()]
  const modules = [
    'mpm_event',
    'authn_core',
    'authn_file',
    'authz_core',
    'authz_user',
    'auth_digest',
    'auth_basic',
    'ssl',
    'socache_shmcb',
  ]
  const load = modules.map(
    (name) => `LoadModule ${name}_module ${prefix.path(`usr/lib/apache2/modules/mod_${name}.so`)}`,
  )
  const conf = `ServerRoot ${folder}
ServerName 127.0.0.1
PidFile ${join(folder, 'pid')}
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ErrorLog ${join(folder, 'error.log')}
Listen 127.0.0.1:${http}
Listen 127.0.0.1:${https}
${load.join('\n')}
DocumentRoot ${join(folder, 'www')}
<Location /digest>
  AuthType Digest
  AuthName occi
  AuthDigestDomain /digest
  AuthDigestNonceLifetime 2
  AuthUserFile ${join(folder, 'digest')}
  Require valid-user
</Location>
<Location /basic>
  AuthType Basic
  AuthName occi
  AuthUserFile ${join(folder, 'basic')}
  Require valid-user
</Location>
<VirtualHost 127.0.0.1:${https}>
  SSLEngine on
  SSLCertificateFile ${lab.path('server.pem')}
  SSLCertificateKeyFile ${lab.path('server.key')}
  SSLCACertificateFile ${lab.path('ca.pem')}
  <Location /secure>
    SSLVerifyClient require
    SSLVerifyDepth 5
  </Location>
</VirtualHost>
`
  writeFileSync(join(folder, 'apache.conf'), conf)
  const program = prefix.path('usr/sbin/apache2')
  const args = ['-X', '-d', folder, '-f', join(folder, 'apache.conf')]
  const running = await startServer(program, args, http, { ...prefix.env, APACHE_RUN_DIR: folder })
  return { ...running, http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}` }
}

/** python3's ssl with VERIFY_ALLOW_PROXY_CERTS in front of Keystone: what grid sites do with patched servers. */
export async function startProxyFront(
  lab: Lab,
  keystone: string,
): Promise<Running & { readonly url: string }> {
  const port = await freePort()
  lab.write('front.py', front)
  const args = [
    lab.path('front.py'),
    lab.path('server.pem'),
    lab.path('server.key'),
    lab.path('ca.pem'),
    String(port),
    keystone,
  ]
  const running = await startServer('/usr/bin/python3', args, port, {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
  })
  return { ...running, url: `https://127.0.0.1:${port}` }
}

const front = `import http.client, http.server, ssl, sys, urllib.parse
certificate, key, ca, port, target = sys.argv[1:6]
upstream = urllib.parse.urlsplit(target)
names = {'commonName': 'CN', 'organizationName': 'O', 'domainComponent': 'DC', 'countryName': 'C'}
class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def relay(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ('x-client-dn', 'connection')}
        subject = (self.connection.getpeercert() or {}).get('subject', ())
        if subject:
            headers['X-Client-Dn'] = ''.join('/%s=%s' % (names.get(k, k), v) for part in subject for k, v in part)
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ('content-length', 'connection', 'transfer-encoding'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    do_GET = do_POST = do_DELETE = relay
    def log_message(self, *args):
        pass
class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client):
        pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.load_verify_locations(ca)
context.verify_mode = ssl.CERT_OPTIONAL
context.verify_flags |= ssl.VERIFY_ALLOW_PROXY_CERTS
server = Server(('127.0.0.1', int(port)), Front)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
`

/**
 * A STAND-IN for mod_auth_openidc before the real Keystone: lets one bearer token through as a subject, and
 * shows a login page to everybody else at the federation's URL.
 */
export async function startOidcFront(
  keystone: string,
  bearer: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const upstream = new URL(keystone)
  const server = createServer((request: IncomingMessage, response) => {
    const federated = request.url?.includes('/protocols/openid/auth') === true
    if (federated && request.headers.authorization !== `Bearer ${bearer}`) {
      response.writeHead(302, { Location: 'https://login.example.org/authorize?client_id=keystone' }).end()
      return
    }
    const { authorization: _, ...headers } = request.headers
    const onward = forward(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: request.method,
        path: request.url,
        headers: { ...headers, ...(federated ? { 'X-Oidc-Sub': 'alice@egi.eu' } : {}) },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
