/** `occi completion SHELL`: prints the completion script for a shell. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, Entry } from '../command.js'
import { suggestion } from '../output/index.js'

const names = ['bash', 'zsh', 'fish'] as const

/** `entries`: the commands that are completed. */
export const completion = (entries: readonly Entry[]): CommandDeclaration => ({
  path: ['completion'],
  summary: 'Print the completion script for a shell',
  description: `Commands, options, images, sizes, and the names of what was listed lately can then be completed with the Tab key. Nothing is asked of the provider for that.

For bash, add to ~/.bashrc:

  eval "$(occi completion bash)"

For zsh, add to ~/.zshrc after compinit:

  source <(occi completion zsh)

For fish:

  occi completion fish > ~/.config/fish/completions/occi.fish`,
  arguments: [
    {
      name: 'SHELL',
      description: names.join(', '),
      completion: { of: 'words', words: names },
    },
  ],
  options: [],
  examples: [
    { title: 'Complete occi in this bash', command: 'eval "$(occi completion bash)"' },
    {
      title: 'Install it for fish',
      command: 'occi completion fish > ~/.config/fish/completions/occi.fish',
    },
  ],
  run: async (context) => {
    const name = context.word('SHELL') ?? ''
    const shell = names.find((known) => known === name)
    if (shell === undefined) {
      throw new UsageError(`There is no completion for "${name}"`, {
        at: 'SHELL',
        hint: suggestion(name, names, 'Shells'),
      })
    }
    const { completionScript } = await import('../docs/completion/index.js')
    const { loadTree } = await import('../docs/load.js')
    await context.streams.out.write(completionScript(await loadTree(context.runtime.version, entries), shell))
    return undefined
  },
})
