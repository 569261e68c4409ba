/** Ways to give a secret that are the same for every authentication method. */
import type { OptionDeclaration } from '../command.js'

export const secretOptions: readonly OptionDeclaration[] = [
  ...['password', 'passphrase'].flatMap((name): OptionDeclaration[] => [
    {
      name: `${name}-file`,
      value: 'FILE',
      description: `file that holds the ${name} and that nobody else can read`,
      completion: { of: 'file' },
    },
    {
      name: `${name}-command`,
      value: 'COMMAND',
      description: `command for the shell that prints the ${name}: "pass show cloud"`,
    },
  ]),
  {
    name: 'keyring',
    description:
      'take the password from the keyring of the system; "occi auth login --keyring" puts it there',
  },
]
