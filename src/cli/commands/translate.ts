/** `occi translate`: a command line of rOCCI-cli in this program's own grammar. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import { splitWords } from '../rocci/split-words.js'

export const translate: CommandDeclaration = {
  path: ['translate'],
  summary: 'Show what a command line of rOCCI-cli is in the new form',
  description:
    "rOCCI-cli's own form keeps working: `occi --endpoint … --action … --resource …`. This prints the same in the grammar of `occi NOUN VERB`, ready to be typed; what needs a look is said on standard error.",
  arguments: [
    { name: 'COMMAND', description: 'the command line, in quotes; a leading `occi` may be left out' },
  ],
  options: [],
  examples: [
    {
      say: 'A list',
      command: "occi translate 'occi --endpoint https://cloud:11443 --action list --resource compute'",
    },
    {
      say: 'A machine',
      command:
        "occi translate 'occi -e https://cloud:11443 -a create -r compute -M os_tpl#debian -M resource_tpl#small -t occi.core.title=web'",
    },
  ],
  run: async (context) => {
    await run(context)
    return undefined
  },
}

async function run(context: CommandContext): Promise<void> {
  const text = context.word('COMMAND') ?? ''
  const words = splitWords(text)
  const argv = words[0] === 'occi' ? words.slice(1) : words
  const { translate: toNewForm } = await import('../rocci/translate.js')
  const { OptionFault } = await import('../rocci/optparse.js')
  try {
    const { command, notes } = toNewForm(argv)
    await context.streams.out.write(`${command}\n`)
    for (const note of notes) await context.warn(note)
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error
    throw new UsageError(`rOCCI-cli would not take this: ${error.message}`, {
      hint: 'Quote the whole command line.',
    })
  }
}
