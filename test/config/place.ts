/** Temporary folders and the definitions that the tests of this room use. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { SettingDefinition } from '../../src/config/index.js'

const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'occi-config-'))
  made.push(folder)
  return folder
}

export const definitions: readonly SettingDefinition[] = [
  { name: 'endpoint', description: 'URL of the provider', env: ['ROCCI_ENDPOINT'] },
  { name: 'context', description: 'context' },
  { name: 'auth', description: 'method', default: 'auto' },
  { name: 'auth-url', description: 'Keystone', env: ['OS_AUTH_URL'] },
  { name: 'username', description: 'user', env: ['OS_USERNAME'] },
  { name: 'password', description: 'password', secret: true, env: ['OS_PASSWORD'] },
  { name: 'project', description: 'project', env: ['OS_PROJECT_NAME', 'OS_TENANT_NAME'] },
  { name: 'user-domain', description: 'domain', env: ['OS_USER_DOMAIN_NAME'] },
  { name: 'token', description: 'token', secret: true },
  { name: 'token', description: 'Keystone token', env: ['OS_TOKEN'] },
  { name: 'token-command', description: 'prints a token' },
  { name: 'insecure', description: 'no checks', env: ['OS_INSECURE'] },
  { name: 'ca-file', description: 'CA', env: ['OS_CACERT'] },
  { name: 'output', description: 'format' },
  { name: 'yes', description: 'no questions', transient: true },
]
