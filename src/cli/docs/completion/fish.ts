/** Completion for fish 3, with descriptions. */
import type { CompletionPlan, How, PlannedCommand, PlannedOption, Word } from './plan.js'

export function fishCompletion(plan: CompletionPlan): string {
  const nouns = plan.nouns.map(({ word }) => word).join(' ')
  return `# fish completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: occi completion fish | source, or copy it to ~/.config/fish/completions/occi.fish

set -g __occi_valued ${plan.valued.join(' ')}
set -g __occi_nouns ${nouns}

# The words before the cursor that are neither options nor their values.
function __occi_path
    set -l tokens (commandline -opc)
    set -l skip no
    set -l place 0
    for token in $tokens[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        switch $token
            case '-*'
                contains -- $token $__occi_valued; and set skip yes
            case '*'
                set place (math $place + 1)
                switch "$place $token"
${[
  ...plan.nounShortcuts.map(({ word, means }) => [`1 ${word}`, means] as const),
  ...plan.verbShortcuts.map(({ word, means }) => [`2 ${word}`, means] as const),
]
  .map(([at, means]) => `                    case '${at}'\n                        set token ${means}\n`)
  .join('')}                end
                echo -- $token
        end
    end
end

# The words so far begin with these.
function __occi_at
    set -l path (__occi_path)
    set -l wanted (count $argv)
    test $wanted -eq 0; and return 0
    test (count $path) -ge $wanted; and test "$path[1..$wanted]" = "$argv"
end

# The words so far are exactly these and NUMBER arguments more.
function __occi_argument -a number
    set -l path (__occi_path)
    set -l words (math (count $argv) - 1)
    __occi_at $argv[2..-1]; and test (math (count $path) - $words) -eq $number
end

# The same for the last argument of those that take many.
function __occi_rest -a number
    set -l path (__occi_path)
    set -l words (math (count $argv) - 1)
    __occi_at $argv[2..-1]; and test (math (count $path) - $words) -ge $number
end

# A kind that only the provider knows.
function __occi_other -a number
    set -l path (__occi_path)
    test (count $path) -ge 1; and not contains -- $path[1] $__occi_nouns; and test (count $path) -ge $number
end

# Values come from occi's caches; nothing is asked of the provider, and nothing is said when it fails.
function __occi_ask
    command occi __complete $argv -- (commandline -opc) (commandline -ct) 2>/dev/null </dev/null
end

complete -c occi -f
${plan.nouns.map(({ word, says }) => `complete -c occi -n '__occi_argument 0' -a ${word} -d ${quote(says)}\n`).join('')}complete -c occi -n '__occi_argument 0' -a '(__occi_ask noun${without(plan.nouns)})'
${plan.verbs
  .flatMap(({ noun, verbs }) => [
    ...verbs.map(
      ({ word, says }) => `complete -c occi -n '__occi_argument 0 ${noun}' -a ${word} -d ${quote(says)}\n`,
    ),
    `complete -c occi -n '__occi_argument 0 ${noun}' -a '(__occi_ask action ${noun}${without(verbs)})'\n`,
  ])
  .join(
    '',
  )}complete -c occi -n '__occi_other 1; and not __occi_other 2' -a '(__occi_ask verb (__occi_path)[1])'
complete -c occi -n '__occi_other 2' -a '(__occi_ask entity (__occi_path)[1])'
${plan.commands.map(commandLines).join('')}${plan.globals.map((option) => optionLine(option, '')).join('')}`
}

/** Words in the script already have a description of their own. */
function without(words: readonly Word[]): string {
  return ` | string match -rv "^(${words.map(({ word }) => word).join('|')})(\\t|\\$)"`
}

function commandLines(command: PlannedCommand): string {
  const options = command.options.map((option) => optionLine(option, ` -n '__occi_at ${command.name}'`))
  const places = command.arguments.map((how, index) => {
    const action = argumentAction(how)
    if (action === '') return ''
    const last = command.variadic && index === command.arguments.length - 1
    return `complete -c occi -n '${last ? '__occi_rest' : '__occi_argument'} ${index} ${command.name}' ${action}\n`
  })
  return [...places, ...options].join('')
}

function optionLine(option: PlannedOption, condition: string): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  const { value } = option
  const action = value === undefined ? '' : ` ${optionAction(value, option.attached)}`
  return `complete -c occi${condition}${short} -l ${option.name}${action} -d ${quote(option.says)}\n`
}

/** -x: takes a value and no file names. Without -r the value is given after = only. */
function optionAction(how: How, attached: boolean): string {
  const takes = attached ? '-f' : '-x'
  switch (how.how) {
    case 'nothing':
      return takes
    case 'file':
      return '-r -F'
    case 'folder':
      return `${takes} -a '(__fish_complete_directories (commandline -ct) "")'`
    case 'words':
      return `${takes} -a ${quote(how.words.join(' '))}`
    case 'ask':
      return `${takes} -a '(__occi_ask ${how.question})'`
  }
}

function argumentAction(how: How): string {
  switch (how.how) {
    case 'nothing':
      return ''
    case 'file':
      return '-F'
    case 'folder':
      return `-a '(__fish_complete_directories (commandline -ct) "")'`
    case 'words':
      return `-a ${quote(how.words.join(' '))}`
    case 'ask':
      return `-a '(__occi_ask ${how.question})'`
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
