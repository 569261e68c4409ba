/** `occi completion`: prints the completion script of a shell, or puts it where that shell looks. */
import { basename, isAbsolute, join } from 'node:path'
import { UsageError } from '../../errors/errors.js'
import { writeAtomically } from '../../files/index.js'
import type { CommandDeclaration, CommandGroup, Entry } from '../command.js'
import type { Surroundings } from '../context.js'
import { suggestion } from '../output/index.js'
import type { Runtime } from '../runtime.js'

type Shell = 'bash' | 'zsh' | 'fish'
const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

/** `entries`: the commands that are completed. */
export const completion = (entries: readonly Entry[]): CommandGroup => ({
  name: 'completion',
  summary: 'Completion for bash, zsh and fish',
  description:
    'Commands, options, images, sizes, columns, conditions, and the names of what was listed lately can then be completed with the Tab key. Nothing is asked of the provider for that, unless --completion-requests is on (in a context, or OCCI_COMPLETION_REQUESTS=true): then a list that was never seen is requested once, for at most 300 ms.',
  commands: [
    install(entries),
    script('bash', entries, [
      { title: 'Complete occi in this bash', command: 'eval "$(occi completion bash)"' },
      { title: 'For all users of a machine', command: 'occi completion bash > /etc/bash_completion.d/occi' },
    ]),
    script('zsh', entries, [
      { title: 'In ~/.zshrc, after compinit', command: 'source <(occi completion zsh)' },
      {
        title: 'For all users of a machine',
        command: 'occi completion zsh > /usr/local/share/zsh/site-functions/_occi',
      },
    ]),
    script('fish', entries, [
      { title: 'Complete occi in this fish', command: 'occi completion fish | source' },
      {
        title: 'For all users of a machine',
        command: 'occi completion fish > /etc/fish/completions/occi.fish',
      },
    ]),
  ],
})

function script(
  shell: Shell,
  entries: readonly Entry[],
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

function install(entries: readonly Entry[]): CommandDeclaration {
  return {
    path: ['completion', 'install'],
    summary: "Put the completion script where the user's shell looks for it",
    description:
      'The file goes into the folder of the user from which the shell loads completions by itself: for bash that of bash-completion, which must be installed; for zsh a folder that has to stand in fpath.',
    arguments: [
      {
        name: 'SHELL',
        description: `${shells.join(', ')}; default: the one that SHELL names`,
        required: false,
        completion: { of: 'words', words: shells },
      },
    ],
    options: [],
    examples: [
      { title: 'For the shell in use', command: 'occi completion install' },
      { title: 'For another one', command: 'occi completion install fish' },
    ],
    run: async (context) => {
      const { runtime } = context
      const shell = shellNamed(context.word('SHELL') ?? basename(runtime.environment('SHELL') ?? ''))
      const file = placeFor(shell, runtime)
      await writeAtomically(file, await scriptFor(shell, context, entries), 0o644)
      context.inform(
        shell === 'zsh'
          ? `Put this into ~/.zshrc before compinit: fpath=(${join(file, '..')} $fpath)`
          : `A new ${shell} completes occi.`,
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
  const shell = shells.find((known) => known === name)
  if (shell !== undefined) return shell
  throw new UsageError(name === '' ? 'No shell is named' : `There is no completion for "${name}"`, {
    at: 'SHELL',
    hint: suggestion(name, shells, 'Shells'),
  })
}

/** Where the manuals of bash-completion, zsh and fish say that completions of one user are. */
function placeFor(shell: Shell, { environment, home }: Runtime): string {
  const folder = (variable: string, otherwise: string) => {
    const given = environment(variable)
    return given !== undefined && isAbsolute(given) ? given : join(home, otherwise)
  }
  const data = folder('XDG_DATA_HOME', '.local/share')
  switch (shell) {
    case 'bash':
      return join(data, 'bash-completion/completions/occi')
    case 'zsh':
      return join(data, 'zsh/site-functions/_occi')
    case 'fish':
      return join(folder('XDG_CONFIG_HOME', '.config'), 'fish/completions/occi.fish')
  }
}

async function scriptFor(
  shell: Shell,
  { runtime }: Surroundings,
  entries: readonly Entry[],
): Promise<string> {
  const { completionScript } = await import('../docs/completion/index.js')
  const { loadTree } = await import('../docs/load.js')
  return completionScript(await loadTree(runtime.version, entries), shell)
}
