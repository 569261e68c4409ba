/** The real Keystone of Debian: sqlite, its own development server, no systemd. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Prefix } from './debian.js'
import { freePort, type Running, startServer } from './process.js'

const run = promisify(execFile)
const python = '/usr/bin/python3'
export const adminPassword = 'planted-admin'

export interface KeystoneServer {
  readonly url: string
  /** Another process on the same database whose tokens live that many seconds. */
  shortLived(seconds: number): Promise<KeystoneServer>
  stop(): Promise<void>
  log(): string
}

export async function startKeystone(prefix: Prefix, folder: string): Promise<KeystoneServer> {
  const port = await freePort()
  for (const name of ['fernet', 'receipts', 'credential']) mkdirSync(join(folder, name), { mode: 0o700 })
  const conf = configure(folder, 'keystone.conf', 3600)
  writeFileSync(join(folder, 'setup.py'), setup)
  const url = `http://127.0.0.1:${port}`
  const database = join(folder, 'keystone.db')
  await run(python, [join(folder, 'setup.py'), conf, adminPassword, `${url}/v3`, database], {
    env: { ...prefix.env },
    maxBuffer: 10_000_000,
  })
  const servers: Running[] = [await serve(prefix, conf, port)]
  const stop = async () => {
    for (const server of servers) await server.stop()
  }
  const log = () => servers.map((server) => server.log()).join('\n')
  return {
    url,
    stop,
    log,
    async shortLived(seconds) {
      const other = await freePort()
      const running = await serve(prefix, configure(folder, `short-${seconds}.conf`, seconds), other)
      servers.push(running)
      return {
        url: `http://127.0.0.1:${other}`,
        stop: running.stop,
        log: running.log,
        shortLived: () => Promise.reject(new Error('no')),
      }
    },
  }
}

function serve(prefix: Prefix, conf: string, port: number): Promise<Running> {
  const program = prefix.path('usr/bin/keystone-wsgi-public')
  return startServer(python, [program, '-b', '127.0.0.1', '-p', String(port)], port, {
    ...prefix.env,
    OS_KEYSTONE_CONFIG_FILES: conf,
  })
}

/**
 * With the cache that does not
 * pickle, the second one-time code fails with 500 (KeyError encrypted_blob: Keystone changes cached entries).
 */
function configure(folder: string, name: string, lifetime: number): string {
  const path = join(folder, name)
  const text = `[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///${join(folder, 'keystone.db')}
[token]
provider = fernet
expiration = ${lifetime}
[fernet_tokens]
key_repository = ${join(folder, 'fernet')}
[fernet_receipts]
key_repository = ${join(folder, 'receipts')}
[credential]
key_repository = ${join(folder, 'credential')}
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory_pickle
[auth]
methods = password,token,application_credential,mapped,openid,totp
`
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

/** The four keystone-manage runs in one process, since each import costs two seconds. */
const setup = `import grp, os, pwd, sqlite3, sys
conf, password, url, database = sys.argv[1:5]
import keystone.conf
from keystone.cmd import cli
def manage(*args):
    keystone.conf.CONF.reset()
    cli.main(argv=['keystone-manage', '--config-file', conf, *args])
manage('db_sync')
user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
for command in ('fernet_setup', 'receipt_setup', 'credential_setup'):
    manage(command, '--keystone-user', user, '--keystone-group', group)
urls = [part for kind in ('public', 'internal', 'admin') for part in ('--bootstrap-%s-url' % kind, url)]
manage('bootstrap', '--bootstrap-password', password, '--bootstrap-region-id', 'RegionOne', *urls)
connection = sqlite3.connect(database)
# Without it an API write waits for readers and then fails: "database is locked".
connection.execute('pragma journal_mode=wal')
connection.close()
os._exit(0)
`
