/** The real keystonemiddleware of Debian before another server, as OCCI services of OpenStack use it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prefix } from './debian.js'
import { adminPassword } from './keystone-server.js'
import { freePort, type Running, startServer } from './process.js'

/** `keystone` validates the tokens; clients are told `named`. */
export async function startGuard(
  prefix: Prefix,
  folder: string,
  { keystone, named, target }: { readonly keystone: string; readonly named: string; readonly target: string },
): Promise<Running & { readonly url: string }> {
  const port = await freePort()
  const script = join(folder, `guard-${port}.py`)
  writeFileSync(script, guard)
  const args = [script, String(port), keystone, named, target, adminPassword]
  const running = await startServer('/usr/bin/python3', args, port, prefix.env)
  return { ...running, url: `http://127.0.0.1:${port}/` }
}

const guard = `import http.client, socketserver, sys, urllib.parse, wsgiref.simple_server
from keystonemiddleware import auth_token
port, keystone, named, target, password = sys.argv[1:6]
upstream = urllib.parse.urlsplit(target)
def relay(environ, start_response):
    headers = {'Host': environ['HTTP_HOST']}
    for name in ('ACCEPT', 'X_OCCI_ATTRIBUTE', 'CATEGORY', 'LINK'):
        if 'HTTP_' + name in environ:
            headers[name.replace('_', '-')] = environ['HTTP_' + name]
    if environ.get('CONTENT_TYPE'):
        headers['Content-Type'] = environ['CONTENT_TYPE']
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
    query = '?' + environ['QUERY_STRING'] if environ.get('QUERY_STRING') else ''
    connection = http.client.HTTPConnection(upstream.hostname, upstream.port)
    connection.request(environ['REQUEST_METHOD'], environ['PATH_INFO'] + query, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    hop = ('connection', 'keep-alive', 'transfer-encoding', 'content-length')
    pairs = [(name, value) for name, value in answer.getheaders() if name.lower() not in hop]
    start_response('%d %s' % (answer.status, answer.reason), pairs + [('Content-Length', str(len(content)))])
    return [content]
app = auth_token.AuthProtocol(relay, {
    'www_authenticate_uri': named, 'auth_type': 'password', 'auth_url': keystone, 'username': 'admin',
    'password': password, 'user_domain_id': 'default', 'project_name': 'admin', 'project_domain_id': 'default',
    'service_type': 'occi', 'token_cache_time': '-1', 'service_token_roles_required': 'true'})
class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
class Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args):
        pass
wsgiref.simple_server.make_server('127.0.0.1', int(port), app, Server, Handler).serve_forever()
`
