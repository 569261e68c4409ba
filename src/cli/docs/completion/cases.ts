/** The branches of `case` that bash and zsh have in common. */
import type { How, PlannedCommand, PlannedOption } from './plan.js'

/** How the value of an option is completed. `prefix` is the pattern of the command: `'compute create:'`. */
export function optionCase(prefix: string, option: PlannedOption): readonly string[] {
  if (option.value === undefined || option.value.how === 'nothing') return []
  const names = [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])]
  return [
    `    ${names.map((name) => `${prefix}${name}`).join('|')}) how=${quote(howText(option.value))} ;;\n`,
  ]
}

/** How each argument of a command is completed. */
export function argumentCases(command: PlannedCommand): readonly string[] {
  return command.arguments.flatMap((how, index) => {
    if (how.how === 'nothing') return []
    const place = command.variadic && index === command.arguments.length - 1 ? '*' : String(index)
    return [`    ${quote(`${command.name}:`)}${place}) how=${quote(howText(how))} ;;\n`]
  })
}

function howText(how: How): string {
  if (how.how === 'words') return `words ${how.words.join(' ')}`
  return how.how === 'ask' ? `ask ${how.question}` : how.how
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
