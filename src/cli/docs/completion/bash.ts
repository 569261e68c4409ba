/** The completion script for bash 3.2 and later. It does not need the bash-completion package. */
import { argumentCases, optionCase } from './cases.js'
import type { CompletionPlan, PlannedOption, Word } from './plan.js'

export function bashCompletion(plan: CompletionPlan): string {
  return `# bash completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: eval "$(occi completion bash)", or copy it to ~/.local/share/bash-completion/completions/occi

# Sets $action, which says how the value of option $2 of command $1 is completed.
_occi_option_value() {
  action=
  case "$1:$2" in
${plan.commands.flatMap((command) => command.options.flatMap((option) => optionCase(`'${command.name}:'`, option))).join('')}${plan.globals
  .flatMap((option) => optionCase('*:', option))
  .join('')}  esac
}

# Sets $action, which says how argument number $2 (from 0) of command $1 is completed.
_occi_argument() {
  action=
  case "$1:$2" in
${plan.commands.flatMap(argumentCases).join('')}  esac
}

# Sets $options to the options of command $1.
_occi_options() {
  case "$1" in
${plan.commands
  .filter((command) => command.options.length > 0)
  .map((command) => `    '${command.name}') options='${optionNames(command.options)}' ;;\n`)
  .join('')}    *) options= ;;
  esac
  options="$options ${optionNames(plan.globals)}"
}

# Sets $verbs to the verbs of noun $1.
_occi_verbs() {
  case "$1" in
${plan.verbs.map(({ noun, verbs }) => `    '${noun}') verbs='${wordList(verbs)} help' ;;\n`).join('')}    *) verbs= ;;
  esac
}

# Offers each line of $1 that begins with $cur as one word.
_occi_offer() {
  local line quoted
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    if [[ -n $line && $line == "$cur"* ]]; then
      printf -v quoted %q "$line"
      quoted=\${quoted//\\\\,/,}
      COMPREPLY+=("$quoted")
    fi
  done <<<"$1"
}

# The programs on the PATH that occi runs as its own commands.
_occi_plugins() {
  compgen -c occi- | while IFS= read -r line; do printf '%s\\n' "\${line#occi-}"; done
}

_occi_query() {
  # Values come from occi's caches; errors are discarded.
  _occi_offer "$(command occi __complete $1 -- "\${words[@]}" 2>/dev/null </dev/null)"
}

_occi_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}

_occi_complete() {
  case "$action" in
    words\\ *) _occi_offer "$(printf '%s\\n' \${action#words })" ;;
    query\\ *) _occi_query "\${action#query }" ;;
    file) _occi_files -f ;;
    folder) _occi_files -d ;;
  esac
}

# Sets $words to the words as the user typed them: bash splits them at = and :, which are common in options
# and URLs. Sets $raw to the last part of the last word, as bash splits it.
_occi_words() {
  local rest=\${COMP_LINE:0:COMP_POINT} word lead index
  words=()
  raw=
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    lead=\${rest%%[![:space:]]*}
    rest=\${rest#"$lead"}
    ((index == COMP_CWORD)) && word=$rest
    if [[ -z $lead && index -gt 0 && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    rest=\${rest#"$word"}
    raw=$word
  done
  case "$raw" in =|:) raw= ;; esac
}

_occi() {
  local words raw cur full before action options verbs noun= verb= command= word skip= count=0 index
  COMPREPLY=()
  _occi_words
  full=\${words[\${#words[@]}-1]}
  cur=$full

  for ((index = 1; index < \${#words[@]} - 1; index++)); do
    word=\${words[index]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      -*)
        case " ${plan.optionsWithValue.join(' ')} " in *" $word "*) skip=$word ;; esac
        ;;
      *)
        if [[ -z $noun ]]; then
          noun=$word
          case "$noun" in
${plan.nounShortcuts.map(({ word, target }) => `            ${word}) noun=${target} ;;\n`).join('')}          esac
          command=$noun
          _occi_verbs "$noun"
        elif [[ -z $verb && ( -n $verbs || ! " ${plan.nouns.map(({ word }) => word).join(' ')} " == *" $noun "* ) ]]; then
          verb=$word
          case " $verbs " in *" $word "*)
            case "$verb" in
${plan.verbShortcuts.map(({ word, target }) => `              ${word}) verb=${target} ;;\n`).join('')}            esac ;;
          esac
          command="$noun $verb"
        else
          count=$((count + 1))
        fi
        ;;
    esac
  done

  if [[ -n $skip ]]; then
    _occi_option_value "$command" "$skip"
    _occi_complete
  elif [[ $cur == --*=* ]]; then
    _occi_option_value "$command" "\${cur%%=*}"
    cur=\${cur#*=}
    _occi_complete
  elif [[ $cur == -* ]]; then
    _occi_options "$command"
    _occi_offer "$(printf '%s\\n' $options)"
  elif [[ -z $noun ]]; then
    _occi_offer "$(printf '%s\\n' ${wordList(plan.nouns)} $(_occi_plugins))"
    if [[ \${#COMPREPLY[@]} -eq 0 ]]; then _occi_query noun; fi
  elif [[ -z $verb && -n $verbs ]]; then
    _occi_offer "$(printf '%s\\n' $verbs)"
    if [[ \${#COMPREPLY[@]} -eq 0 ]]; then _occi_query "verb $noun"; fi
  elif [[ -z $verb && ! " ${wordList(plan.nouns)} " == *" $noun "* ]]; then
    _occi_query "verb $noun"
  else
    _occi_argument "$command" "$count"
    if [[ -z $action && ! " ${wordList(plan.nouns)} " == *" $noun "* ]]; then action="query entity $noun"; fi
    _occi_complete
  fi

  # Bash replaces only the part of the typed word after its last = or :. It splits at an @, too, but replaces the @
  # together with the part after it.
  if [[ \${full%"$raw"} == *@ ]]; then raw=@$raw; fi
  before=\${full%"$cur"}
  for index in "\${!COMPREPLY[@]}"; do
    word=$before\${COMPREPLY[index]}
    COMPREPLY[index]=\${word#"\${full%"$raw"}"}
  done
  # No space after NAME=, since the value of the attribute follows.
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

complete -F _occi occi
`
}

function optionNames(options: readonly PlannedOption[]): string {
  return options.map((option) => `--${option.name}`).join(' ')
}

function wordList(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ')
}
