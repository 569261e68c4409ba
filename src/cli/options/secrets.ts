/** Options that say where a secret is, which all authentication methods share. */
import type { SettingOption } from './declaration.js'

export const secretOptions: readonly SettingOption[] = [
  ...['password', 'passphrase'].flatMap((name): SettingOption[] => [
    {
      name: `${name}-file`,
      // The value says where a secret is, and is none (settings/trust.ts).
      sensitivity: 'pointer',
      path: true,
      value: 'FILE',
      description: `file that contains the ${name}; it must not be readable by others`,
      completion: { of: 'file' },
    },
    {
      name: `${name}-command`,
      sensitivity: 'pointer',
      value: 'COMMAND',
      description: `shell command that prints the ${name}: "pass show cloud"`,
    },
  ]),
  {
    name: 'keyring',
    sensitivity: 'pointer',
    description: 'take the password from the system keyring, where "occi auth login --keyring" stores it',
  },
]
