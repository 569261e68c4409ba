/** The options for passing a secret, which all authentication methods share. */
import type { SettingOption } from './declaration.js'

export const secretOptions: readonly SettingOption[] = [
  ...['password', 'passphrase'].flatMap((name): SettingOption[] => [
    {
      name: `${name}-file`,
      sensitivity: 'pointer',
      path: true,
      value: 'FILE',
      description: `file that holds the ${name} and that nobody else can read`,
      completion: { of: 'file' },
    },
    {
      name: `${name}-command`,
      sensitivity: 'pointer',
      value: 'COMMAND',
      description: `command for the shell that prints the ${name}: "pass show cloud"`,
    },
  ]),
  {
    name: 'keyring',
    sensitivity: 'pointer',
    description:
      'take the password from the keyring of the system; "occi auth login --keyring" puts it there',
  },
]
