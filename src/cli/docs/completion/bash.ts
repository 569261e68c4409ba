/** Completion for bash 3.2 and later; needs no bash-completion package. */
import { argumentCases, optionCase } from './cases.js'
import type { CompletionPlan, PlannedOption, Word } from './plan.js'

export function bashCompletion(plan: CompletionPlan): string {
  return `# bash completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: eval "$(occi completion bash)", or copy it to ~/.local/share/bash-completion/completions/occi

# Sets how the value of option $2 of command $1 is completed.
_occi_option_value() {
  how=
  case "$1:$2" in
${plan.commands.flatMap((command) => command.options.flatMap((option) => optionCase(`'${command.name}:'`, option))).join('')}${plan.globals
  .flatMap((option) => optionCase('*:', option))
  .join('')}  esac
}

# Sets how argument number $2 (from 0) of command $1 is completed.
_occi_argument() {
  how=
  case "$1:$2" in
${plan.commands.flatMap(argumentCases).join('')}  esac
}

# Sets the options of command $1.
_occi_options() {
  case "$1" in
${plan.commands
  .filter((command) => command.options.length > 0)
  .map((command) => `    '${command.name}') options='${dashed(command.options)}' ;;\n`)
  .join('')}    *) options= ;;
  esac
  options="$options ${dashed(plan.globals)}"
}

# Sets the verbs of noun $1.
_occi_verbs() {
  case "$1" in
${plan.verbs.map(({ noun, verbs }) => `    '${noun}') verbs='${list(verbs)} help' ;;\n`).join('')}    *) verbs= ;;
  esac
}

# Offers those of the lines of $1 that begin with $cur, as one word each.
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

_occi_ask() {
  # Values come from occi's caches; nothing is asked of the provider, and nothing is said when it fails.
  _occi_offer "$(command occi __complete $1 -- "\${words[@]}" 2>/dev/null </dev/null)"
}

_occi_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}

_occi_how() {
  case "$how" in
    words\\ *) _occi_offer "$(printf '%s\\n' \${how#words })" ;;
    ask\\ *) _occi_ask "\${how#ask }" ;;
    file) _occi_files -f ;;
    folder) _occi_files -d ;;
  esac
}

# Words as the user wrote them: bash splits them at = and :, which options and URLs are full of.
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
  local words raw cur full before how options verbs noun= verb= command= word skip= count=0 index
  COMPREPLY=()
  _occi_words
  full=\${words[\${#words[@]}-1]}
  cur=$full

  for ((index = 1; index < \${#words[@]} - 1; index++)); do
    word=\${words[index]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      -*)
        case " ${plan.valued.join(' ')} " in *" $word "*) skip=$word ;; esac
        ;;
      *)
        if [[ -z $noun ]]; then
          noun=$word
          case "$noun" in
${plan.nounShortcuts.map(({ word, means }) => `            ${word}) noun=${means} ;;\n`).join('')}          esac
          command=$noun
          _occi_verbs "$noun"
        elif [[ -z $verb && ( -n $verbs || ! " ${plan.nouns.map(({ word }) => word).join(' ')} " == *" $noun "* ) ]]; then
          verb=$word
          case " $verbs " in *" $word "*)
            case "$verb" in
${plan.verbShortcuts.map(({ word, means }) => `              ${word}) verb=${means} ;;\n`).join('')}            esac ;;
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
    _occi_how
  elif [[ $cur == --*=* ]]; then
    _occi_option_value "$command" "\${cur%%=*}"
    cur=\${cur#*=}
    _occi_how
  elif [[ $cur == -* ]]; then
    _occi_options "$command"
    _occi_offer "$(printf '%s\\n' $options)"
  elif [[ -z $noun ]]; then
    _occi_offer "$(printf '%s\\n' ${list(plan.nouns)})"
    if [[ \${#COMPREPLY[@]} -eq 0 ]]; then _occi_ask noun; fi
  elif [[ -z $verb && -n $verbs ]]; then
    _occi_offer "$(printf '%s\\n' $verbs)"
    if [[ \${#COMPREPLY[@]} -eq 0 ]]; then _occi_ask "verb $noun"; fi
  elif [[ -z $verb && ! " ${list(plan.nouns)} " == *" $noun "* ]]; then
    _occi_ask "verb $noun"
  else
    _occi_argument "$command" "$count"
    if [[ -z $how && ! " ${list(plan.nouns)} " == *" $noun "* ]]; then how="ask entity $noun"; fi
    _occi_how
  fi

  # Of the word bash replaces only what stands after the last = or :, which is where its own words end.
  # An @ is a word of its own, too, but it is replaced together with what follows it.
  if [[ \${full%"$raw"} == *@ ]]; then raw=@$raw; fi
  before=\${full%"$cur"}
  for index in "\${!COMPREPLY[@]}"; do
    word=$before\${COMPREPLY[index]}
    COMPREPLY[index]=\${word#"\${full%"$raw"}"}
  done
  # The value of an attribute follows at once.
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

complete -F _occi occi
`
}

function dashed(options: readonly PlannedOption[]): string {
  return options.map((option) => `--${option.name}`).join(' ')
}

function list(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ')
}
