/** The completion script for fish 3, with descriptions. */
import type { CompletionPlan, PlannedCommand, PlannedOption, ValueCompletion, Word } from './plan.js'

export function fishCompletion(plan: CompletionPlan): string {
  const nouns = plan.nouns.map(({ word }) => word).join(' ')
  return `# fish completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: occi completion fish | source, or copy it to ~/.config/fish/completions/occi.fish

set -g __occi_valued ${plan.optionsWithValue.join(' ')}
set -g __occi_nouns ${nouns}

# Prints the words before the cursor that are neither options nor their values.
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
  ...plan.nounShortcuts.map(({ word, target }) => [`1 ${word}`, target] as const),
  ...plan.verbShortcuts.map(({ word, target }) => [`2 ${word}`, target] as const),
]
  .map(([at, target]) => `                    case '${at}'\n                        set token ${target}\n`)
  .join('')}                end
                echo -- $token
        end
    end
end

# True if the words so far begin with the arguments.
function __occi_at
    set -l path (__occi_path)
    set -l wanted (count $argv)
    test $wanted -eq 0; and return 0
    test (count $path) -ge $wanted; and test "$path[1..$wanted]" = "$argv"
end

# True if the words so far are the arguments after NUMBER, followed by exactly NUMBER more words.
function __occi_argument -a number
    set -l path (__occi_path)
    set -l words (math (count $argv) - 1)
    __occi_at $argv[2..-1]; and test (math (count $path) - $words) -eq $number
end

# Like __occi_argument, but for at least NUMBER more words: for variadic arguments.
function __occi_rest -a number
    set -l path (__occi_path)
    set -l words (math (count $argv) - 1)
    __occi_at $argv[2..-1]; and test (math (count $path) - $words) -ge $number
end

# True if the noun is a kind that only the provider defines, and there are at least NUMBER words.
function __occi_other -a number
    set -l path (__occi_path)
    test (count $path) -ge 1; and not contains -- $path[1] $__occi_nouns; and test (count $path) -ge $number
end

# Values come from occi's caches; errors are discarded.
function __occi_query
    command occi __complete $argv -- (commandline -opc) (commandline -ct) 2>/dev/null </dev/null
end

# The programs on the PATH that occi runs as its own commands.
function __occi_plugins
    complete -C occi- | string replace -rf '^occi-([^\\t]+).*' '$1'
end

complete -c occi -f
${plan.nouns.map(({ word, description }) => `complete -c occi -n '__occi_argument 0' -a ${word} -d ${quote(description)}\n`).join('')}complete -c occi -n '__occi_argument 0' -a '(__occi_plugins)'
complete -c occi -n '__occi_argument 0' -a '(__occi_query noun${exceptWords(plan.nouns)})'
${plan.verbs
  .flatMap(({ noun, verbs }) => [
    ...verbs.map(
      ({ word, description }) =>
        `complete -c occi -n '__occi_argument 0 ${noun}' -a ${word} -d ${quote(description)}\n`,
    ),
    `complete -c occi -n '__occi_argument 0 ${noun}' -a '(__occi_query action ${noun}${exceptWords(verbs)})'\n`,
  ])
  .join(
    '',
  )}complete -c occi -n '__occi_other 1; and not __occi_other 2' -a '(__occi_query verb (__occi_path)[1])'
complete -c occi -n '__occi_other 2' -a '(__occi_query entity (__occi_path)[1])'
${plan.commands.map(commandLines).join('')}${plan.globals.map((option) => optionLine(option, '')).join('')}`
}

/** A filter that removes words that the script already offers. */
function exceptWords(words: readonly Word[]): string {
  return ` | string match -rv "^(${words.map(({ word }) => word).join('|')})(\\t|\\$)"`
}

function commandLines(command: PlannedCommand): string {
  const options = command.options.map((option) => optionLine(option, ` -n '__occi_at ${command.name}'`))
  const argumentLines = command.arguments.map((completion, index) => {
    const action = argumentAction(completion)
    if (action === '') return ''
    const takesRemainingWords = command.variadic && index === command.arguments.length - 1
    return `complete -c occi -n '${takesRemainingWords ? '__occi_rest' : '__occi_argument'} ${index} ${command.name}' ${action}\n`
  })
  return [...argumentLines, ...options].join('')
}

function optionLine(option: PlannedOption, condition: string): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  const { value } = option
  const action = value === undefined ? '' : ` ${optionAction(value, option.valueAfterEquals)}`
  return `complete -c occi${condition}${short} -l ${option.name}${action} -d ${quote(option.description)}\n`
}

/** In fish, -x means that the option takes a value and no file names; without -r the value follows `=` only. */
function optionAction(completion: ValueCompletion, valueAfterEquals: boolean): string {
  const noFiles = valueAfterEquals ? '-f' : '-x'
  switch (completion.kind) {
    case 'nothing':
      return noFiles
    case 'file':
      return '-r -F'
    case 'folder':
      return `${noFiles} -a '(__fish_complete_directories (commandline -ct) "")'`
    case 'words':
      return `${noFiles} -a ${quote(completion.words.join(' '))}`
    case 'query':
      return `${noFiles} -a '(__occi_query ${completion.question})'`
  }
}

function argumentAction(completion: ValueCompletion): string {
  switch (completion.kind) {
    case 'nothing':
      return ''
    case 'file':
      return '-F'
    case 'folder':
      return `-a '(__fish_complete_directories (commandline -ct) "")'`
    case 'words':
      return `-a ${quote(completion.words.join(' '))}`
    case 'query':
      return `-a '(__occi_query ${completion.question})'`
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
