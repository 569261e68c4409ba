/** The keyring of the system as the command meets it: GNOME Keyring, there, locked, ended, and not there at all. */
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { type Place, place } from './command.js'
import { debianPrefix } from './debian.js'
import { relay } from './relay.js'
import { type SecretService, startSecretService } from './secret-service.js'

let service: SecretService
let sandbox: SandboxServer
let server: Server

const good = 'planted: pässword'
const bearer = `Basic ${Buffer.from(`ada:${good}`).toString('base64')}`

beforeAll(async () => {
  sandbox = await serveSandbox(openSandbox({ clock: Date.now }).sandbox)
  server = createServer((request, response) => {
    if (request.headers.authorization === bearer) return relay(sandbox.endpoint, request, response)
    request.resume()
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="occi", charset="UTF-8"' }).end()
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  service = await startSecretService(await debianPrefix(['gnome-keyring', 'dbus', 'dbus-bin']))
})
afterAll(async () => {
  await service?.stop()
  server?.closeAllConnections()
  server?.close()
  await sandbox?.close()
})

function user(name: string, more: Readonly<Record<string, string>> = service.env): Place {
  const at = place({
    OCCI_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    OCCI_USERNAME: name,
    OCCI_AUTH: 'basic',
    ...more,
  })
  writeFileSync(join(at.home, 'good'), `${good}\n`, { mode: 0o600 })
  writeFileSync(join(at.home, 'wrong'), 'planted-wrong\n', { mode: 0o600 })
  return at
}
/** Each command ends with the status, and shows no secret. */
async function told(at: Place, line: string, code: number, words = /^/) {
  const outcome = await at.run(line)
  expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(words) })
  expect(outcome.stdout + outcome.stderr).not.toContain('planted')
  return outcome
}

it('the keyring keeps a working password, which a mistyped one does not replace, and a logout deletes it', async () => {
  const at = user('ada')
  await told(at, 'auth logout --keyring', 0)
  await told(at, 'compute list --keyring', 4, /password/i)
  await told(at, 'auth login --keyring --password-file wrong', 4)
  await told(at, 'compute list --keyring', 4, /password/i)
  await told(at, 'auth login --keyring --password-file good', 0)
  await told(at, 'compute list --keyring -v', 0)
  await told(at, 'compute list', 4)
  await told(at, 'auth login --keyring --password-file wrong', 4)
  await told(at, 'compute list --keyring', 0)
  // What is kept is for this server and this user.
  await told(user('bob'), 'compute list --keyring', 4)
  await told(at, 'auth logout --keyring', 0)
  await told(at, 'compute list --keyring', 4, /password/i)
})

it('a secret that a context stores in the keyring is found by later commands', async () => {
  const at = user('ada')
  const { port } = server.address() as AddressInfo
  await told(
    at,
    `context add lab --endpoint http://127.0.0.1:${port}/ --username ada --auth basic --keyring`,
    0,
  )
  await told(at, 'auth login --context lab --password-file good', 0)
  await told(at, 'compute list --context lab', 0)
  await told(at, 'auth logout --context lab', 0)
  await told(at, 'compute list --context lab', 4)
})

it('a locked and a missing keyring are errors that name alternatives', async () => {
  const at = user('ada')
  await told(at, 'auth login --keyring --password-file good', 0)
  await service.lock()
  for (const line of [
    'compute list --keyring',
    'auth login --keyring --password-file good',
    'auth logout --keyring',
  ]) {
    const { stderr } = await told(
      at,
      line,
      2,
      /locked[\s\S]*unlock it[\s\S]*--password-command|locked[\s\S]*--password-command[\s\S]*unlock it/,
    )
    expect(stderr).not.toContain('must be running')
  }
  await service.end()
  const nowhere = user('ada', {})
  for (const [who, line] of [
    [at, 'compute list --keyring'],
    [nowhere, 'compute list --keyring'],
    [nowhere, 'auth login --keyring --password-file good'],
  ] as const) {
    await told(who, line, 2, /cannot be used[\s\S]*--password-command[\s\S]*must be running/)
  }
  // Who does not ask for it does not meet it.
  await told(nowhere, 'compute list --password-file good', 0)
})
