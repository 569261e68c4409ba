/** `occi completion`: prints the completion script of a shell, or installs it for the user. */
import { basename, isAbsolute, join } from 'node:path'
import { UsageError } from '../../errors/errors.js'
import { writeAtomically } from '../../files/index.js'
import type { CommandDeclaration, CommandEntry, CommandGroup } from '../command.js'
import type { Surroundings } from '../context.js'
import { suggestion } from '../output/index.js'
import type { Runtime } from '../runtime.js'

type Shell = 'bash' | 'zsh' | 'fish'
const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

/** `entries` are the commands that the scripts complete. */
export const completion = (entries: readonly CommandEntry[]): CommandGroup => ({
  name: 'completion',
  summary: 'Completion for bash, zsh and fish',
  description:
    'With its script loaded, the Tab key completes commands, options, images, sizes, columns, conditions, and the names of recently listed entities. Completion sends no requests, unless --completion-requests is on (in a context, or OCCI_COMPLETION_REQUESTS=true): then a list that is not cached is requested once, for at most 300 ms.',
  commands: [
    installCommand(entries),
    printCommand('bash', entries, [
      { title: 'Complete occi in this bash', command: 'eval "$(occi completion bash)"' },
      { title: 'For all users of a machine', command: 'occi completion bash > /etc/bash_completion.d/occi' },
    ]),
    printCommand('zsh', entries, [
      { title: 'In ~/.zshrc, after compinit', command: 'source <(occi completion zsh)' },
      {
        title: 'For all users of a machine',
        command: 'occi completion zsh > /usr/local/share/zsh/site-functions/_occi',
      },
    ]),
    printCommand('fish', entries, [
      { title: 'Complete occi in this fish', command: 'occi completion fish | source' },
      {
        title: 'For all users of a machine',
        command: 'occi completion fish > /etc/fish/completions/occi.fish',
      },
    ]),
  ],
})

function printCommand(
  shell: Shell,
  entries: readonly CommandEntry[],
  examples: CommandDeclaration['examples'],
): CommandDeclaration {
  return {
    path: ['completion', shell],
    summary: `Print the completion script for ${shell}`,
    arguments: [],
    options: [],
    contextless: true,
    examples,
    run: async (context) => {
      await context.streams.out.write(await scriptFor(shell, context, entries))
      return undefined
    },
  }
}

function installCommand(entries: readonly CommandEntry[]): CommandDeclaration {
  return {
    path: ['completion', 'install'],
    summary: 'Install the completion script for your shell',
    description:
      'Writes the script to your completion folder. For bash this is the folder of bash-completion, which must be installed; for zsh the folder must be in fpath.',
    arguments: [
      {
        name: 'SHELL',
        description: `${shells.join(', ')}; default: the one in the variable SHELL`,
        required: false,
        completion: { of: 'words', words: shells },
      },
    ],
    options: [],
    examples: [
      { title: 'For the shell in use', command: 'occi completion install' },
      { title: 'For another shell', command: 'occi completion install fish' },
    ],
    run: async (context) => {
      const { runtime } = context
      const shell = shellNamed(context.word('SHELL') ?? basename(runtime.environment('SHELL') ?? ''))
      const file = scriptPath(shell, runtime)
      await writeAtomically(file, await scriptFor(shell, context, entries), 0o644)
      context.inform(
        shell === 'zsh'
          ? `Put this into ~/.zshrc before compinit: fpath=(${join(file, '..')} $fpath)`
          : `Completion works in new ${shell} sessions.`,
      )
      return {
        shape: 'one',
        records: [{ data: { shell, file } }],
        columns: [
          { key: 'shell', heading: 'SHELL', value: 'shell' },
          { key: 'file', heading: 'FILE', value: 'file' },
        ],
      }
    },
  }
}

function shellNamed(name: string): Shell {
  const shell = shells.find((candidate) => candidate === name)
  if (shell !== undefined) return shell
  throw new UsageError(
    name === ''
      ? 'No shell is given, and the variable SHELL is not set'
      : `There is no completion for "${name}"`,
    {
      at: 'SHELL',
      hint: suggestion(name, shells, 'Shells'),
    },
  )
}

/** The file for the user's completions, as bash-completion, zsh and fish document it. */
function scriptPath(shell: Shell, { environment, home }: Runtime): string {
  const folder = (variable: string, defaultFolder: string) => {
    const value = environment(variable)
    return value !== undefined && isAbsolute(value) ? value : join(home, defaultFolder)
  }
  const dataFolder = folder('XDG_DATA_HOME', '.local/share')
  switch (shell) {
    case 'bash':
      return join(dataFolder, 'bash-completion/completions/occi')
    case 'zsh':
      return join(dataFolder, 'zsh/site-functions/_occi')
    case 'fish':
      return join(folder('XDG_CONFIG_HOME', '.config'), 'fish/completions/occi.fish')
  }
}

async function scriptFor(
  shell: Shell,
  { runtime }: Surroundings,
  entries: readonly CommandEntry[],
): Promise<string> {
  const { completionScript } = await import('../docs/completion/index.js')
  const { loadTree } = await import('../docs/load.js')
  return completionScript(await loadTree(runtime.version, entries), shell)
}
