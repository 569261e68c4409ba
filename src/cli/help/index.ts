/** Builds help texts from the declarations. */
import { argumentLabel, type CommandDeclaration, type CommandGroup, type Entry } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { globalOptions } from '../options/global.js'
import { entriesText, heading, optionsText, type Page, paragraphs } from './layout.js'

export interface HelpRequest {
  readonly do: 'help'
  /** Undefined: the overview of all commands. */
  readonly of:
    | { readonly what: 'program' }
    | { readonly what: 'happy-path' }
    | { readonly what: 'group'; readonly group: CommandGroup }
    | { readonly what: 'command'; readonly command: CommandDeclaration }
    | { readonly what: 'topic'; readonly name: string }
}

export async function helpText({ of }: HelpRequest, page: Page, entries: readonly Entry[]): Promise<string> {
  switch (of.what) {
    case 'happy-path':
      return happyPath
    case 'program':
      return programHelp(page, entries)
    case 'group':
      return groupHelp(of.group, page)
    case 'command':
      return commandHelp(of.command, page)
    case 'topic':
      return (await import('./topics.js')).topicText(of.name, page, entries)
  }
}

/** The most used options; the topic `options` has the rest. */
const common = ['output', 'endpoint', 'yes', 'dry-run', 'quiet', 'verbose', 'help']

const happyPath = `occi talks to OCCI clouds. A virtual machine from nothing to nothing, on the practice cloud:

  export OCCI_ENDPOINT=sandbox:
  occi mixin list --of os_tpl                   # images
  occi mixin list --of resource_tpl             # sizes
  occi compute create web --os debian-12 --size small --wait
  occi compute describe web
  occi compute delete web

More: occi --help, occi compute --help, occi help addressing
`

function programHelp(page: Page, entries: readonly Entry[]): string {
  const sections = new Map<string, [string, string][]>()
  for (const { section, name, summary } of entries) {
    sections.set(section, [...(sections.get(section) ?? []), [name, summary]])
  }
  const parts = [
    'Work with OCCI clouds: machines, networks, volumes and all else a provider has\n',
    `${heading('Examples:', page)}\n${examplesText(programExamples)}`,
    `${heading('Usage:', page)}\n  occi <noun> <verb> [name…] [options]\n`,
  ]
  for (const [section, nouns] of sections)
    parts.push(`${heading(`${section}:`, page)}\n${entriesText(nouns, page)}`)
  parts.push(commonOptions(page))
  parts.push(
    paragraphs(
      'Every kind of the provider is a noun, too: "occi model kinds" lists them, "occi ipnetwork list" uses one.\n\nMore: occi NOUN --help, occi NOUN VERB --help, man occi, and occi help TOPIC, where TOPIC is addressing, auth, environment, exit-codes, formatting, guarantees, options, output, rocci or security.',
      page,
    ),
  )
  return parts.join('\n')
}

const programExamples = [
  { say: 'See which images and sizes there are', command: 'occi mixin list --of os_tpl' },
  {
    say: 'Create a machine and wait until it runs',
    command: 'occi compute create web --os debian-12 --size small --ssh-key ~/.ssh/id_ed25519.pub --wait',
  },
  { say: 'Use it in a script', command: 'occi compute list -o json' },
]

function groupHelp(group: CommandGroup, page: Page): string {
  const visible = group.commands.filter((command) => command.hidden !== true)
  const examples = visible.flatMap((command) => command.examples.slice(0, 1)).slice(0, 3)
  const verb = group.fallback === undefined ? '<verb>' : '[verb]'
  return [
    `${group.summary}\n`,
    ...(group.description === undefined ? [] : [paragraphs(group.description, page)]),
    `${heading('Examples:', page)}\n${examplesText(examples)}`,
    `${heading('Usage:', page)}\n  occi ${group.name} ${verb} [name…] [options]\n`,
    `${heading('Verbs:', page)}\n${entriesText(
      visible.map((command) => [command.path.slice(1).join(' '), command.summary]),
      page,
    )}`,
    commonOptions(page),
    `More: occi ${group.name} VERB --help\n`,
  ].join('\n')
}

function commandHelp(command: CommandDeclaration, page: Page): string {
  const name = `occi ${command.path.join(' ')}`
  const usage = [name, ...command.arguments.map(argumentLabel), '[options]'].join(' ')
  const own = command.options.filter((option) => option.hidden !== true)
  const groups = new Map<string, OptionDeclaration[]>()
  for (const option of own) {
    const group = option.group ?? 'Options'
    groups.set(group, [...(groups.get(group) ?? []), option])
  }
  return [
    `${command.summary}\n`,
    `${heading('Examples:', page)}\n${examplesText(command.examples.slice(0, 3))}`,
    `${heading('Usage:', page)}\n  ${usage}\n`,
    ...(command.description === undefined ? [] : [paragraphs(command.description, page)]),
    ...(command.arguments.length === 0
      ? []
      : [
          `${heading('Arguments:', page)}\n${entriesText(
            command.arguments.map((argument) => [argument.name, argument.description]),
            page,
          )}`,
        ]),
    ...[...groups].map(([group, options]) => `${heading(`${group}:`, page)}\n${optionsText(options, page)}`),
    commonOptions(page, own),
    'More: occi help options, addressing, output, formatting, environment, exit-codes\n',
  ].join('\n')
}

function examplesText(examples: CommandDeclaration['examples']): string {
  return examples.map(({ say, command }) => `  # ${say}\n  ${command}\n`).join('\n')
}

/** Leaves out global options that the command redefines, by name or by letter. */
function commonOptions(page: Page, own: readonly OptionDeclaration[] = []): string {
  const names = new Set(own.map(({ name }) => name))
  const letters = new Set(own.flatMap(({ short }) => short ?? []))
  const options = globalOptions
    .filter(({ name }) => common.includes(name) && !names.has(name))
    .map((option) => {
      if (option.short === undefined || !letters.has(option.short)) return option
      const { short: _, ...rest } = option
      return rest
    })
  options.sort((a, b) => common.indexOf(a.name) - common.indexOf(b.name))
  return `${heading('Options of every command:', page)}\n${optionsText(options, page)}`
}
