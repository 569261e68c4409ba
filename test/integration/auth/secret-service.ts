/** GNOME Keyring under a D-Bus session of its own, so that the keyring of whoever runs the tests is left alone. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Prefix } from './debian.js'

export interface SecretService {
  /** What a program needs to find it. */
  readonly env: Readonly<Record<string, string>>
  lock(): Promise<void>
  /** Ends the keyring; the bus stays. */
  end(): Promise<void>
  stop(): Promise<void>
}

export async function startSecretService(prefix: Prefix): Promise<SecretService> {
  // The path of a socket may have 107 characters only.
  const folder = mkdtempSync(join(tmpdir(), 'bus-'))
  const socket = join(folder, 'bus')
  writeFileSync(
    join(folder, 'bus.conf'),
    `<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  )
  const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`, XDG_RUNTIME_DIR: folder }
  const inside = { ...prefix.env, ...env, HOME: folder }
  const start = (program: string, args: readonly string[], input?: string) => {
    const child = spawn(prefix.path(program), [...args], { env: inside, stdio: ['pipe', 'ignore', 'ignore'] })
    child.stdin.end(input)
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return async () => {
      child.kill('SIGTERM')
      await gone
    }
  }
  const endBus = start('usr/bin/dbus-daemon', ['--nofork', `--config-file=${join(folder, 'bus.conf')}`])
  await until(() => existsSync(socket))
  const endKeyring = start(
    'usr/bin/gnome-keyring-daemon',
    ['--foreground', '--components=secrets', '--unlock'],
    'planted-master',
  )
  const call = (destination: string, path: string, method: string, argument: string) =>
    promisify(execFile)(
      prefix.path('usr/bin/dbus-send'),
      ['--session', '--print-reply', `--dest=${destination}`, path, method, argument],
      { env: inside },
    )
  const stop = async () => {
    await endKeyring()
    await endBus()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until(async () => {
      const bus = 'org.freedesktop.DBus'
      const { stdout } = await call(bus, '/', `${bus}.NameHasOwner`, 'string:org.freedesktop.secrets')
      return stdout.includes('boolean true')
    })
  } catch (error) {
    await stop()
    throw error
  }
  const secrets = '/org/freedesktop/secrets'
  return {
    env,
    async lock() {
      const login = `array:objpath:${secrets}/collection/login`
      await call('org.freedesktop.secrets', secrets, 'org.freedesktop.Secret.Service.Lock', login)
    },
    end: endKeyring,
    stop,
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 1) {
    if (waited > 200) throw new Error('the secret service does not start')
    await sleep(50)
  }
}
