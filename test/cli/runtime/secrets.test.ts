/** Which source of a secret is used. */
import { describe, expect, it } from 'vitest'
import type { ConnectionContext } from '../../../src/cli/context.js'
import { configuredSecret } from '../../../src/cli/runtime/secrets.js'
import type { Setting, Settings } from '../../../src/config/types.js'

const context = {
  warn: async () => {},
  runtime: { home: '/', secretFromCommand: async (command: string) => `output of ${command}` },
} as unknown as ConnectionContext

function settingsWith(values: Readonly<Record<string, Setting['origin']>>): Settings {
  return {
    setting: (name: string) => {
      const origin = values[name]
      return origin === undefined ? undefined : { value: name, source: name, origin }
    },
    isOn: () => false,
  } as unknown as Settings
}

describe('a secret that several settings provide', () => {
  it.each(['flag', 'environment', 'project', 'context'] as const)(
    'a command from the origin %s takes precedence over a password in clouds.yaml',
    async (origin) => {
      for (const cloud of ['cloud', 'folder'] as const) {
        const settings = settingsWith({ password: cloud, 'password-command': origin })
        expect(await configuredSecret(context, settings, 'password')).toBe('output of password-command')
      }
    },
  )

  it('a password in clouds.yaml is used if nothing else provides one', async () => {
    expect(await configuredSecret(context, settingsWith({ password: 'cloud' }), 'password')).toBe('password')
  })
})
