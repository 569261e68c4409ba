/** Temporary folders and the definitions that the tests of this room use. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SettingDefinition } from '../../src/config/index.js'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'occi-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const definitions: readonly SettingDefinition[] = [
  { name: 'endpoint', sensitivity: 'endpoint', description: 'URL of the provider', env: ['ROCCI_ENDPOINT'] },
  { name: 'context', sensitivity: 'harmless', description: 'context' },
  { name: 'auth', sensitivity: 'method', description: 'method', default: 'auto' },
  { name: 'auth-url', sensitivity: 'issuer', description: 'Keystone', env: ['OS_AUTH_URL'] },
  { name: 'username', sensitivity: 'harmless', description: 'user', env: ['OS_USERNAME'] },
  { name: 'password', sensitivity: 'secret', description: 'password', env: ['OS_PASSWORD'] },
  {
    name: 'project',
    sensitivity: 'harmless',
    description: 'project',
    env: ['OS_PROJECT_NAME', 'OS_TENANT_NAME'],
  },
  { name: 'user-domain', sensitivity: 'harmless', description: 'domain', env: ['OS_USER_DOMAIN_NAME'] },
  { name: 'token', sensitivity: 'secret', description: 'token' },
  { name: 'token', sensitivity: 'secret', description: 'Keystone token', env: ['OS_TOKEN'] },
  { name: 'token-command', sensitivity: 'pointer', description: 'prints a token' },
  { name: 'insecure', sensitivity: 'check', description: 'no checks', env: ['OS_INSECURE'] },
  { name: 'ca-file', sensitivity: 'check', description: 'CA', env: ['OS_CACERT'] },
  { name: 'output', sensitivity: 'harmless', description: 'format' },
  { name: 'yes', sensitivity: 'check', description: 'no questions', transient: true },
]
