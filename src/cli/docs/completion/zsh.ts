/** The completion script for zsh, with descriptions. */
import { argumentCases, optionCase, quote } from './cases.js'
import type { CompletionPlan, PlannedOption, Word } from './plan.js'

export function zshCompletion(plan: CompletionPlan): string {
  return `#compdef occi
# zsh completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: source <(occi completion zsh), or copy it as _occi to a folder of $fpath

_occi_option_value() {
  action=
  case "$1:$2" in
${plan.commands.flatMap((command) => command.options.flatMap((option) => optionCase(`${quote(`${command.name}:`)}`, option))).join('')}${plan.globals
  .flatMap((option) => optionCase('*:', option))
  .join('')}  esac
}

_occi_argument() {
  action=
  case "$1:$2" in
${plan.commands.flatMap(argumentCases).join('')}  esac
}

_occi_options() {
  options=(
${plan.globals.map(optionEntry).join('')}  )
  case "$1" in
${plan.commands
  .filter((command) => command.options.length > 0)
  .map(
    (command) =>
      `    ${quote(command.name)}) options=(\n${command.options.map(optionEntry).join('')}    $options) ;;\n`,
  )
  .join('')}  esac
}

_occi_verbs() {
  case "$1" in
${plan.verbs.map(({ noun, verbs }) => `    ${quote(noun)}) verbs=(\n${verbs.map(wordEntry).join('')}    ) ;;\n`).join('')}    *) verbs=() ;;
  esac
}

# Values come from occi's caches; errors are discarded.
_occi_query() {
  local line
  local -a found
  for line in \${(f)"$(command occi __complete \${=1} -- "\${(@Q)words[1,CURRENT]}" 2>/dev/null </dev/null)"}; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#found )) && _describe -t values value found
}

_occi_complete() {
  case "$action" in
    words\\ *) compadd -- \${=action#words } ;;
    query\\ *) _occi_query "\${action#query }" ;;
    file) _files ;;
    folder) _files -/ ;;
  esac
}

_occi() {
  local noun= verb= command= skip= action= word
  local -a valued nouns verbs options
  local -i i count=0
  valued=(${plan.optionsWithValue.join(' ')})
  nouns=(
${plan.nouns.map(wordEntry).join('')}  )
  for (( i = 2; i < CURRENT; i++ )); do
    word=\${(Q)words[i]}
    if [[ -n $skip ]]; then skip=; continue; fi
    if [[ $word == -* ]]; then
      (( \${valued[(Ie)$word]} )) && skip=$word
    elif [[ -z $noun ]]; then
      noun=$word
      case "$noun" in
${plan.nounShortcuts.map(({ word, target }) => `        ${word}) noun=${target} ;;\n`).join('')}      esac
      command=$noun
      _occi_verbs "$noun"
    elif [[ -z $verb ]] && (( $#verbs || ! \${nouns[(I)\${(b)noun}:*]} )); then
      verb=$word
      if (( \${verbs[(I)\${(b)verb}:*]} )); then
        case "$verb" in
${plan.verbShortcuts.map(({ word, target }) => `          ${word}) verb=${target} ;;\n`).join('')}        esac
      fi
      command="$noun $verb"
    else
      (( count += 1 ))
    fi
  done

  if [[ -n $skip ]]; then
    _occi_option_value "$command" "$skip"
    _occi_complete
  elif [[ $words[CURRENT] == --*=* ]]; then
    _occi_option_value "$command" "\${words[CURRENT]%%=*}"
    compset -P '*='
    _occi_complete
  elif [[ $words[CURRENT] == -* ]]; then
    _occi_options "$command"
    _describe -o -t options option options
  elif [[ -z $noun ]]; then
    nouns+=(\${\${(k)commands[(I)occi-*]}#occi-})
    _describe -t nouns noun nouns || _occi_query noun
  elif [[ -z $verb ]] && (( $#verbs )); then
    _describe -t verbs verb verbs || _occi_query "verb $noun"
  elif [[ -z $verb ]] && (( ! \${nouns[(I)\${(b)noun}:*]} )); then
    _occi_query "verb $noun"
  else
    _occi_argument "$command" "$count"
    if [[ -z $action ]] && (( ! \${nouns[(I)\${(b)noun}:*]} )); then action="query entity $noun"; fi
    _occi_complete
  fi
}

if [[ $funcstack[1] == _occi ]]; then _occi "$@"
elif (( $+functions[compdef] )); then compdef _occi occi
else print -u2 'occi: completion needs compinit. Put this line before it: autoload -Uz compinit && compinit'; fi
`
}

function optionEntry(option: PlannedOption): string {
  const entry = (name: string) => `    ${quote(`${name}:${option.description}`)}\n`
  return (option.short === undefined ? '' : entry(`-${option.short}`)) + entry(`--${option.name}`)
}

function wordEntry({ word, description }: Word): string {
  return `    ${quote(`${word}:${description}`)}\n`
}
