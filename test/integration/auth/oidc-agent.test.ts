/** The real oidc-agent, with an account at a real issuer. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { debianPrefix, type Prefix } from './debian.js'
import { type Issuer, secrets, startIssuer } from './issuer.js'
import { serverLab, userAt } from './oidc-user.js'
import { type ProtectedCloud, protectedCloud } from './protected.js'
import type { Lab } from './x509/lab.js'

let lab: Lab
let issuer: Issuer
let cloud: ProtectedCloud
let prefix: Prefix
let env: Record<string, string>

beforeAll(async () => {
  lab = serverLab()
  issuer = await startIssuer(lab, {
    path: '/realms/lab',
    // oidc-agent asks for offline access without asking for consent.
    more: { issueRefreshToken: async () => true },
  })
  cloud = await protectedCloud(() => issuer)
  prefix = await debianPrefix(['oidc-agent-cli'])
  const home = mkdtempSync(join(tmpdir(), 'agent-'))
  mkdirSync(join(home, 'accounts'))
  env = {
    ...prefix.env,
    HOME: home,
    OIDC_CONFIG_DIR: join(home, 'accounts'),
    TMPDIR: home,
    OIDC_ENCRYPTION_PW: 'planted-account',
  }
  const { stdout } = await tool('oidc-agent', ['--json', '--quiet'])
  const told = JSON.parse(stdout)
  Object.assign(env, { OIDC_SOCK: told.socket, OIDCD_PID: String(told.dpid ?? told.pid) })
})
afterAll(async () => {
  if (env?.['OIDCD_PID'] !== undefined) await tool('oidc-agent', ['--kill'])
  await cloud?.stop()
  await issuer?.stop()
  lab?.remove()
})

interface Told {
  readonly code: number
  readonly stdout: string
  readonly all: string
}
const tool = (name: string, args: readonly string[], watch?: (all: string) => void) =>
  run(prefix.path(`usr/bin/${name}`), args, watch)
function run(
  name: string,
  args: readonly string[],
  watch: (all: string) => void = () => {},
  input = '',
): Promise<Told> {
  return new Promise((resolve) => {
    const child = spawn(name, [...args], { env, timeout: 40_000 })
    let [stdout, all] = ['', '']
    child.stdin.end(input)
    child.stdout.on('data', (data) => {
      stdout += String(data)
      all += String(data)
      watch(all)
    })
    child.stderr.on('data', (data) => {
      all += String(data)
      watch(all)
    })
    child.once('exit', (code) => setTimeout(() => resolve({ code: code ?? -1, stdout, all }), 200))
  })
}

/** On a terminal, where its passwords are asked for. */
function onTerminal(line: string, input: string): Promise<Told> {
  const [name = '', ...args] = line.split(' ')
  const command = [prefix.path(`usr/bin/${name}`), ...args].join(' ')
  return run('script', ['-qec', command, '/dev/null'], () => {}, input)
}

it('oidc-agent provides tokens of an account, and errors explain a locked, unloaded or stopped agent', async () => {
  let confirmed: Promise<void> | undefined
  const made = await tool(
    'oidc-gen',
    [
      'lab',
      '--flow=device',
      `--issuer=${issuer.url}`,
      '--client-id=agent',
      `--client-secret=${secrets.agent}`,
      '--scope=openid profile offline_access',
      `--cp=${lab.path('ca.pem')}`,
      '--pw-env',
      '--confirm-default',
      '--prompt=none',
      '--no-url-call',
    ],
    (all) => {
      const [, address, code] = /visit:\s+(\S+)\s+And enter the code: (\S+)/.exec(all) ?? []
      if (address !== undefined) confirmed ??= issuer.confirm(`${address}?user_code=${code}`, 'alice')
    },
  )
  await confirmed
  expect(made.stdout.trimEnd().split('\n').at(-1)).toBe('Everything setup correctly!')

  const user = userAt(lab, issuer, cloud, { OIDC_SOCK: env['OIDC_SOCK'] ?? '', OCCI_OIDC_ISSUER: '' })
  const status = await user.run('auth status -o json --oidc-account lab')
  expect(status).toMatchObject({ code: 0, stderr: '' })
  // Opaque tokens: the agent says who issued them, and nobody says whose they are.
  expect(JSON.parse(status.stdout)).toMatchObject({
    method: 'oidc',
    subject: 'lab',
    issuer: expect.stringMatching(new RegExp(`^${issuer.url}/?$`)),
    left: expect.any(Number),
  })
  expect(await user.run('compute list --oidc-account lab --auth auto')).toMatchObject({ code: 0 })
  expect(cloud.subjects.at(-1)).toBe('alice')
  // Only what is kept here is forgotten here.
  expect(await user.run('auth logout --oidc-account lab')).toMatchObject({ code: 0 })
  expect(await user.run('compute list --oidc-account lab')).toMatchObject({ code: 0 })

  const told = async (account: string, words: RegExp) => {
    const outcome = await user.run(`compute list --oidc-account ${account}`)
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(words) })
    expect(outcome.stderr).not.toContain('planted')
  }
  await told('other', /no token for the account other: [\s\S]*oidc-add other/)
  await onTerminal('oidc-add --lock', 'planted\nplanted\n')
  await told('lab', /Agent locked[\s\S]*oidc-add --unlock/)
  await onTerminal('oidc-add --unlock', 'planted\n')
  expect(await user.run('compute list --oidc-account lab')).toMatchObject({ code: 0 })
  await tool('oidc-agent', ['--kill'])
  delete env['OIDCD_PID']
  await told('lab', /oidc-agent does not answer[\s\S]*eval "\$\(oidc-agent\)";\s+oidc-add lab/)
  expect(await user.run('compute list --oidc-account lab', { OIDC_SOCK: '' })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('OIDC_SOCK is not set'),
  })
})
