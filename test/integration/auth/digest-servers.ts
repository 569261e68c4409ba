/**
 * Digest as servers of Debian do it: Apache (mod_auth_digest), lighttpd, which knows SHA-256, and WEBrick, which
 * knows auth-int.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Prefix } from './debian.js'
import { freePort, type Running, startServer } from './process.js'

export const user = { username: 'žofie', password: 'planted-heslo ř' }

/**
 * How Apache is set up, each on a port of its own. What it passes on from another server has no Authentication-Info:
 * that is the same as a server that says nothing of the next nonce. Pages of its own have it.
 */
export const sites = {
  second: { settings: 'AuthDigestNonceLifetime 1', pages: true },
  'second-untold': { settings: 'AuthDigestNonceLifetime 1', pages: false },
  once: { settings: 'AuthDigestNonceLifetime 0', pages: true },
  'once-untold': { settings: 'AuthDigestNonceLifetime 0', pages: false },
  /** The count of a nonce must be the next one. */
  counted: { settings: 'AuthDigestNcCheck On', pages: false },
  /** Its proof that it knows the password is wrong, as when somebody else answers. */
  impostor: {
    settings: 'Header edit Authentication-Info rspauth=\\"........ rspauth=\\"00000000',
    pages: true,
  },
} as const

export type Site = keyof typeof sites

export interface DigestApache {
  readonly urls: Readonly<Record<Site, string>>
  /** Status, method and path of each request since the last time. */
  asked(site: Site): readonly string[]
  stop(): Promise<void>
}

/**
 * Digest before another server, which gets no credentials, and before what that server answered by path, as
 * pages of Apache's own.
 */
export async function startDigestApache(
  prefix: Prefix,
  folder: string,
  { backend, pages }: { readonly backend: string; readonly pages: ReadonlyMap<string, string> },
): Promise<DigestApache> {
  mkdirSync(folder, { recursive: true })
  const realm = `${user.username}:occi`
  const secret = createHash('md5').update(`${realm}:${user.password}`, 'utf8').digest('hex')
  writeFileSync(join(folder, 'users'), `${realm}:${secret}\n`)
  const ports = {} as Record<Site, number>
  const names = Object.keys(sites) as Site[]
  for (const name of names) ports[name] = await freePort()
  const modules = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_digest']
    .concat('dir', 'headers', 'proxy', 'proxy_http')
    .map((name) => `LoadModule ${name}_module ${prefix.path(`usr/lib/apache2/modules/mod_${name}.so`)}`)
  for (const name of names) {
    const here = (text: string) => text.replaceAll(backend, `http://127.0.0.1:${ports[name]}/`)
    writePages(join(folder, `pages-${name}`), pages, here)
  }
  const hosts = names.map(
    (name) => `Listen 127.0.0.1:${ports[name]}
<VirtualHost 127.0.0.1:${ports[name]}>
  CustomLog ${join(folder, name)} "%>s %m %U"
  ${sites[name].pages ? `DocumentRoot ${join(folder, `pages-${name}`)}` : `ProxyPass / ${backend}`}
  ProxyPreserveHost On
  DirectoryIndex index.txt
  <Location />
    AuthType Digest
    AuthName occi
    AuthUserFile ${join(folder, 'users')}
    Require valid-user
    RequestHeader unset Authorization
    ForceType text/plain
    ${sites[name].settings}
  </Location>
</VirtualHost>`,
  )
  const conf = `ServerRoot ${folder}
ServerName 127.0.0.1
PidFile ${join(folder, 'pid')}
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ErrorLog ${join(folder, 'error.log')}
${modules.join('\n')}
${hosts.join('\n')}
`
  writeFileSync(join(folder, 'apache.conf'), conf)
  const args = ['-X', '-d', folder, '-f', join(folder, 'apache.conf')]
  const env = { ...prefix.env, APACHE_RUN_DIR: folder }
  const running = await startServer(prefix.path('usr/sbin/apache2'), args, ports.second, env)
  const read = new Map<Site, number>()
  return {
    stop: running.stop,
    urls: Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${ports[name]}/`])) as Record<
      Site,
      string
    >,
    asked(name) {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
      const news = lines.slice(read.get(name) ?? 0)
      read.set(name, lines.length)
      return news
    },
  }
}

/** lighttpd, which knows SHA-256, before pages of its own. */
export async function startLighttpd(
  prefix: Prefix,
  folder: string,
  { backend, pages }: { readonly backend: string; readonly pages: ReadonlyMap<string, string> },
): Promise<Running & { readonly url: string; asked(): readonly string[] }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  mkdirSync(folder, { recursive: true })
  writePages(join(folder, 'pages'), pages, (text) => text.replaceAll(backend, url))
  writeFileSync(join(folder, 'users'), `${user.username}:${user.password}\n`)
  const conf = join(folder, 'lighttpd.conf')
  writeFileSync(
    conf,
    `server.document-root = "${join(folder, 'pages')}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_auth", "mod_authn_file", "mod_accesslog")
index-file.names = ("index.txt")
mimetype.assign = ("" => "text/plain")
accesslog.filename = "${join(folder, 'access')}"
accesslog.format = "%s %m %U"
auth.backend = "plain"
auth.backend.plain.userfile = "${join(folder, 'users')}"
auth.require = ("" => ("method" => "digest", "algorithm" => "SHA-256", "realm" => "occi", "require" => "valid-user"))
`,
  )
  const args = ['-D', '-f', conf, '-m', prefix.path('usr/lib/lighttpd')]
  const running = await startServer(prefix.path('usr/sbin/lighttpd'), args, port, prefix.env)
  const asked = () => readFileSync(join(folder, 'access'), 'utf8').split('\n').slice(0, -1)
  return { ...running, url, asked }
}

/** A path that ends in a slash is a folder with an index. */
function writePages(
  folder: string,
  pages: ReadonlyMap<string, string>,
  change: (text: string) => string,
): void {
  for (const [path, text] of pages) {
    const place = join(folder, path.endsWith('/') ? `${path}index.txt` : path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, change(text))
  }
}

/** WEBrick takes names beyond ASCII for somebody else. */
export const plainUser = { username: 'ada', password: 'planted-plain' }

/** Below each name Digest by these settings, which are WEBrick's own, in Ruby. To check auth-int it eats the body. */
export async function startWebrick(
  prefix: Prefix,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Running & { readonly url: string }> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  writeFileSync(join(folder, 'server.rb'), webrick)
  const { username, password } = plainUser
  const args = [join(folder, 'server.rb'), String(port), folder, username, password].concat(
    Object.entries(settings).flat(),
  )
  const libraries = ['usr/lib/ruby', 'usr/share/rubygems-integration/all/gems']
    .concat(
      prefix.env['LD_LIBRARY_PATH']?.split(':').map((name) => relative(prefix.folder, join(name, 'ruby'))) ??
        [],
    )
    .map((name) => join(prefix.folder, name))
    .filter((name) => existsSync(name))
    .flatMap((name) =>
      readdirSync(name).flatMap((version) => [join(name, version), join(name, version, 'lib')]),
    )
  const running = await startServer(prefix.path('usr/bin/ruby3.1'), args, port, {
    ...prefix.env,
    RUBYLIB: libraries.join(':'),
  })
  return { ...running, url: `http://127.0.0.1:${port}/` }
}

const webrick = `require 'webrick'
port, folder, user, password, *places = ARGV
users = WEBrick::HTTPAuth::Htdigest.new(File.join(folder, 'users'))
users.set_passwd('occi', user, password)
users.flush
quiet = WEBrick::Log.new($stderr, WEBrick::Log::ERROR)
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: port.to_i, AccessLog: [], Logger: quiet)
places.each_slice(2) do |name, settings|
  digest = WEBrick::HTTPAuth::DigestAuth.new(
    { Realm: 'occi', UserDB: users, Logger: quiet }.merge(eval(settings)))
  server.mount_proc("/#{name}/") do |request, response|
    digest.authenticate(request, response)
    response.body = request.query_string.to_s
  end
end
trap('TERM') { exit!(0) }
server.start
`
