/** Completion for PowerShell 5.1 and later. */
import type { CompletionPlan, How, PlannedOption, Word } from './plan.js'

export function powershellCompletion(plan: CompletionPlan): string {
  return `# PowerShell completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: occi completion powershell | Out-String | Invoke-Expression, e.g. in $PROFILE
# Written after PowerShell's documentation and not yet run in a PowerShell: reports are welcome.

Register-ArgumentCompleter -Native -CommandName occi -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  $valued = @(${plan.valued.map(quote).join(', ')})
  $nouns = ${table(plan.nouns.map(pair), '  ')}
  $verbs = @{
${plan.verbs.map(({ noun, verbs }) => `    ${quote(noun)} = ${table(verbs.map(pair), '    ')}\n`).join('')}  }
  $globals = ${table(plan.globals.flatMap(optionPairs), '  ')}
  $options = @{
${plan.commands.map((command) => `    ${quote(command.name)} = ${table(command.options.flatMap(optionPairs), '    ')}\n`).join('')}  }
  $values = @{
${[
  ...plan.globals.flatMap((option) => valuePairs('', option)),
  ...plan.commands.flatMap((command) =>
    command.options.flatMap((option) => valuePairs(command.name, option)),
  ),
]
  .map(([key, how]) => `    ${quote(key)} = ${quote(how)}\n`)
  .join('')}  }
  $arguments = @{
${plan.commands
  .flatMap((command) =>
    command.arguments.map((how, index) => {
      const last = command.variadic && index === command.arguments.length - 1
      return [`${command.name}:${last ? '*' : index}`, howText(how)] as const
    }),
  )
  .filter(([, how]) => how !== '')
  .map(([key, how]) => `    ${quote(key)} = ${quote(how)}\n`)
  .join('')}  }

  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } | ForEach-Object { $_.ToString() })
  $noun = ''; $verb = ''; $command = ''; $skip = ''; $count = 0
  foreach ($word in ($words | Select-Object -Skip 1)) {
    if ($skip) { $skip = ''; continue }
    if ($word.StartsWith('-')) { if ($valued -ccontains $word) { $skip = $word } }
    elseif (-not $noun) { $noun = $word; $command = $noun }
    elseif (-not $verb -and ($verbs.ContainsKey($noun) -or -not $nouns.Contains($noun))) { $verb = $word; $command = "$noun $verb" }
    else { $count++ }
  }

  $prefix = ''
  $typed = $wordToComplete
  $results = @()
  function Ask($question) {
    # Values come from occi's caches; nothing is asked of the provider.
    & occi __complete @($question -split ' ') -- @words $wordToComplete 2>$null | ForEach-Object {
      $parts = $_ -split "\`t", 2
      [pscustomobject]@{ Text = $parts[0]; Says = $(if ($parts.Count -gt 1) { $parts[1] } else { $parts[0] }) }
    }
  }
  function Offer($found) { $found.GetEnumerator() | ForEach-Object { [pscustomobject]@{ Text = $_.Key; Says = $_.Value } } }
  function How($how) {
    if ($how -like 'words *') { $how.Substring(6) -split ' ' | ForEach-Object { [pscustomobject]@{ Text = $_; Says = $_ } } }
    elseif ($how -like 'ask *') { Ask $how.Substring(4) }
  }
  function ValueOf($name) { if ($values.ContainsKey("\${command}:$name")) { $values["\${command}:$name"] } else { $values[":$name"] } }

  if ($skip) { $results = How (ValueOf $skip) }
  elseif ($typed -like '--*=*') {
    $name, $typed = $typed -split '=', 2
    $prefix = "$name="
    $results = How (ValueOf $name)
  }
  elseif ($typed.StartsWith('-')) {
    $results = @()
    if ($options.ContainsKey($command)) { $results += Offer $options[$command] }
    $results += Offer $globals
  }
  elseif (-not $noun) { $results = @(Offer $nouns) + @(Ask 'noun') }
  elseif (-not $verb -and $verbs.ContainsKey($noun)) { $results = @(Offer $verbs[$noun]) + @(Ask "verb $noun") }
  elseif (-not $verb -and -not $nouns.Contains($noun)) { $results = Ask "verb $noun" }
  else {
    $how = $arguments["\${command}:$count"]
    if (-not $how) { $how = $arguments["\${command}:*"] }
    if (-not $how -and -not $nouns.Contains($noun)) { $how = "ask entity $noun" }
    $results = How $how
  }

  $seen = @{}
  $results | Where-Object { $_ -and $_.Text -like "$([WildcardPattern]::Escape($typed))*" -and -not $seen.ContainsKey($_.Text) } | ForEach-Object {
    $seen[$_.Text] = $true
    $text = $_.Text
    if ($text -match '[\\s''"\`$;&|<>(){}]') { $text = "'" + $text.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($prefix + $text, $_.Text, 'ParameterValue', $_.Says)
  }
}
`
}

function table(pairs: readonly (readonly [string, string])[], margin: string): string {
  if (pairs.length === 0) return '[ordered]@{}'
  const lines = pairs.map(([key, value]) => `${margin}  ${quote(key)} = ${quote(value)}\n`)
  return `[ordered]@{\n${lines.join('')}${margin}}`
}

function pair({ word, says }: Word): readonly [string, string] {
  return [word, says]
}

function optionPairs(option: PlannedOption): readonly (readonly [string, string])[] {
  return [[`--${option.name}`, option.says]]
}

function valuePairs(command: string, option: PlannedOption): readonly (readonly [string, string])[] {
  const how = option.value === undefined ? '' : howText(option.value)
  if (how === '') return []
  const names = [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])]
  return names.map((name) => [`${command}:${name}`, how] as const)
}

/** Files and folders are what PowerShell offers by itself when nothing else is. */
function howText(how: How): string {
  if (how.how === 'words') return `words ${how.words.join(' ')}`
  return how.how === 'ask' ? `ask ${how.question}` : ''
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
