/** squid, tinyproxy and dante of Debian on loopback. Neither is installed: see debian.ts. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Prefix } from './debian.js'
import { freePort, type Running, startServer } from './process.js'

export const proxyLogin = { user: 'ada', password: 'planted:p@ss' }

export interface HttpProxy extends Running {
  /** `127.0.0.1:3128`. */
  readonly host: string
}

export interface SquidSettings {
  /** Wants a login by this scheme; default none. */
  readonly login?: 'basic' | 'ntlm'
  /** Ports of servers that it lets nobody reach. */
  readonly forbidden?: readonly number[]
}

export async function startSquid(
  prefix: Prefix,
  { login, forbidden = [] }: SquidSettings,
): Promise<HttpProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'squid-'))
  const port = await freePort()
  const name = `occi${port}`
  const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: proxyLogin.password })
  writeFileSync(join(folder, 'logins'), `${proxyLogin.user}:${String(hash).trim()}\n`)
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 cloud.test localhost\n')
  const program = (path: string) => prefix.path(`usr/lib/squid/${path}`)
  const schemes = {
    basic: [
      `auth_param basic program ${program('basic_ncsa_auth')} ${join(folder, 'logins')}`,
      'auth_param basic children 1',
    ],
    ntlm: [`auth_param ntlm program ${program('ntlm_fake_auth')}`, 'auth_param ntlm children 1'],
  }
  const lines = [
    `http_port 127.0.0.1:${port}`,
    'visible_hostname lab',
    `pid_filename ${join(folder, 'pid')}`,
    `coredump_dir ${folder}`,
    'cache_log stdio:/dev/stderr',
    'access_log none',
    'cache deny all',
    'memory_cache_shared off',
    'pinger_enable off',
    'shutdown_lifetime 0 seconds',
    // Names come from the file, never from the network.
    `hosts_file ${join(folder, 'hosts')}`,
    'dns_nameservers 127.0.0.1',
    'dns_timeout 1 second',
    `mime_table ${prefix.path('usr/share/squid/mime.conf')}`,
    `icon_directory ${prefix.path('usr/share/squid/icons')}`,
    `error_directory ${prefix.path('usr/share/squid-langpack/templates')}`,
    `err_page_stylesheet ${prefix.path('etc/squid/errorpage.css')}`,
    `unlinkd_program ${program('unlinkd')}`,
    `logfile_daemon ${program('log_file_daemon')}`,
    ...(login === undefined ? [] : schemes[login]),
    ...(forbidden.length === 0
      ? []
      : [`acl forbidden port ${forbidden.join(' ')}`, 'http_access deny forbidden']),
    ...(login === undefined
      ? ['http_access allow all']
      : ['acl users proxy_auth REQUIRED', 'http_access allow users', 'http_access deny all']),
  ]
  writeFileSync(join(folder, 'squid.conf'), `${lines.join('\n')}\n`)
  const command = [prefix.path('usr/sbin/squid'), '-N', '-d1', '-n', name, '-f', join(folder, 'squid.conf')]
  // squid refuses to run as root; as nobody it still has to read what only root can.
  const root = process.getuid?.() === 0
  const drop = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const [file = '', ...args] = root ? ['setpriv', ...drop, ...keep, ...command] : command
  const running = await startServer(file, args, port, prefix.env)
  return {
    ...running,
    host: `127.0.0.1:${port}`,
    async stop() {
      await running.stop()
      for (const kind of ['metadata', 'queues', 'readers']) {
        rmSync(`/dev/shm/${name}-cf__${kind}.shm`, { force: true })
      }
    },
  }
}

/** Wants a login, and opens tunnels to `tunnels` only. */
export async function startTinyproxy(prefix: Prefix, tunnels: number): Promise<HttpProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'))
  const port = await freePort()
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Allow 127.0.0.1',
    `BasicAuth ${proxyLogin.user} planted`,
    `ConnectPort ${tunnels}`,
  ]
  writeFileSync(join(folder, 'tinyproxy.conf'), `${lines.join('\n')}\n`)
  const args = ['-d', '-c', join(folder, 'tinyproxy.conf')]
  const running = await startServer(prefix.path('usr/bin/tinyproxy'), args, port, prefix.env)
  return { ...running, host: `127.0.0.1:${port}` }
}

/** A SOCKS5 proxy that refuses connections to the port `forbidden`. */
export async function startDante(prefix: Prefix, forbidden: number): Promise<HttpProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'dante-'))
  const port = await freePort()
  const lines = [
    'logoutput: stderr',
    `internal: 127.0.0.1 port = ${port}`,
    'external: 127.0.0.1',
    'clientmethod: none',
    'socksmethod: none',
    'client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
    `socks block { from: 127.0.0.0/8 to: 0.0.0.0/0 port = ${forbidden} }`,
    'socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
  ]
  writeFileSync(join(folder, 'danted.conf'), `${lines.join('\n')}\n`)
  const args = ['-f', join(folder, 'danted.conf'), '-p', join(folder, 'pid')]
  const running = await startServer(prefix.path('usr/sbin/danted'), args, port, prefix.env)
  return { ...running, host: `127.0.0.1:${port}` }
}
