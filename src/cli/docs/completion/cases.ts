/** Branches of `case` statements, in the syntax that bash and zsh share. */
import type { PlannedCommand, PlannedOption, ValueCompletion } from './plan.js'

/**
 * The branch that completes the value of an option; none for a switch. `prefix` is the pattern of the command:
 * `'compute create:'`.
 */
export function optionCase(prefix: string, option: PlannedOption): readonly string[] {
  if (option.value === undefined || option.value.kind === 'nothing') return []
  const names = [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])]
  return [
    `    ${names.map((name) => `${prefix}${name}`).join('|')}) action=${quote(actionText(option.value))} ;;\n`,
  ]
}

/** The branches that complete the arguments of a command. */
export function argumentCases(command: PlannedCommand): readonly string[] {
  return command.arguments.flatMap((completion, position) => {
    if (completion.kind === 'nothing') return []
    const isLast = position === command.arguments.length - 1
    const index = command.variadic && isLast ? '*' : String(position)
    return [`    ${quote(`${command.name}:`)}${index}) action=${quote(actionText(completion))} ;;\n`]
  })
}

function actionText(completion: ValueCompletion): string {
  if (completion.kind === 'words') return `words ${completion.words.join(' ')}`
  return completion.kind === 'query' ? `query ${completion.question}` : completion.kind
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
