/** Builds help texts from the declarations of commands and options. */
import type { Command, Help, Option } from 'commander'
import { argumentLabel, type CommandDeclaration, type CommandEntry, type CommandGroup } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { globalOptions } from '../options/global.js'
import { entriesText, type HelpLayout, heading, optionEntry, paragraphs, textWidth } from './layout.js'

/** What help is about. */
export type HelpRequest =
  /** The overview of all commands. */
  | { readonly what: 'program'; readonly command: Command }
  | { readonly what: 'happy-path' }
  | { readonly what: 'group'; readonly command: Command; readonly group: CommandGroup }
  | { readonly what: 'command'; readonly command: Command; readonly declaration: CommandDeclaration }
  | { readonly what: 'topic'; readonly name: string }

export async function helpText(
  request: HelpRequest,
  page: HelpLayout,
  entries: readonly CommandEntry[],
): Promise<string> {
  switch (request.what) {
    case 'happy-path':
      return paragraphs(happyPath, page)
    case 'program':
      return programHelp(request.command, page, {
        shortcuts: (await import('../shortcuts.js')).shortcutLines(),
        plugins: (await page.plugins?.()) ?? [],
      })
    case 'group':
      return groupHelp(request.command, request.group, page)
    case 'command':
      return commandHelp(request.command, request.declaration, page)
    case 'topic':
      return (await import('./topics.js')).topicText(request.name, page, entries)
  }
}

/** The most used global options; the topic `options` lists all. */
const commonOptions = ['output', 'endpoint', 'yes', 'dry-run', 'quiet', 'verbose', 'help']

const happyPath = `occi manages OCCI clouds. Create and delete a machine on the practice cloud:

  export OCCI_ENDPOINT=sandbox:
  occi mixin list --of os_tpl                   # images
  occi mixin list --of resource_tpl             # sizes
  occi compute create web --os debian-12 --size small --wait
  occi compute describe web
  occi compute delete web

More: occi --help, occi compute --help, occi help addressing
`

function programHelp(
  command: Command,
  page: HelpLayout,
  {
    shortcuts,
    plugins,
  }: { readonly shortcuts: readonly (readonly [string, string])[]; readonly plugins: readonly string[] },
): string {
  const additional = plugins.map((name) => [name, `occi-${name} on your PATH`] as const)
  command
    .usage('<noun> <verb> [name…] [options]')
    .addHelpText('before', 'Manage machines, networks, volumes and other resources of OCCI clouds\n')
    .addHelpText('before', examplesText(programExamples, page))
    .addHelpText(
      'after',
      additional.length === 0
        ? ''
        : `${heading('Additional commands:', page)}\n${entriesText(additional, page)}`,
    )
    .addHelpText('after', `${heading('Shortcuts:', page)}\n${entriesText(shortcuts, page)}`)
    .addHelpText(
      'after',
      paragraphs(
        'Every kind of the provider can be used as a noun: "occi model kinds" lists them.\n\nMore: occi NOUN --help, occi NOUN VERB --help, man occi, and occi help TOPIC, where TOPIC is addressing, auth, ci, cookbook, environment, exit-codes, formatting, guarantees, migrating, options, output, plugins, providers, rocci, security, sites, stacks or troubleshooting.',
        page,
      ).trimEnd(),
    )
  return renderHelp(command, page, [])
}

const programExamples = [
  { title: 'List the images', command: 'occi mixin list --of os_tpl' },
  {
    title: 'Create a machine and wait until it runs',
    command: 'occi compute create web --os debian-12 --size small --ssh-key ~/.ssh/id_ed25519.pub --wait',
  },
  { title: 'Use it in a script', command: 'occi compute list -o json' },
]

function groupHelp(command: Command, group: CommandGroup, page: HelpLayout): string {
  const visible = group.commands.filter(({ hidden }) => hidden !== true)
  const examples = visible.flatMap((each) => each.examples.slice(0, 1)).slice(0, 3)
  command
    .usage(`${group.fallback === undefined ? '<verb>' : '[verb]'} [name…] [options]`)
    .addHelpText('before', `${group.summary}\n`)
    .addHelpText('before', group.description === undefined ? '' : paragraphs(group.description, page))
    .addHelpText('before', examplesText(examples, page))
    .addHelpText('after', `More: occi ${group.name} VERB --help`)
  return renderHelp(command, page, [])
}

function commandHelp(command: Command, declaration: CommandDeclaration, page: HelpLayout): string {
  command
    .usage([...declaration.arguments.map(argumentLabel), '[options]'].join(' '))
    .description(declaration.description ?? '')
    .addHelpText('before', `${declaration.summary}\n`)
    .addHelpText('before', examplesText(declaration.examples.slice(0, 3), page))
    .addHelpText('after', 'More: occi help options, addressing, output, formatting, environment, exit-codes')
  return renderHelp(command, page, declaration.options)
}

function examplesText(examples: CommandDeclaration['examples'], page: HelpLayout): string {
  const lines = examples
    .map(({ title, command }) => `  # ${title}\n  ${commandLines(command, textWidth(page))}\n`)
    .join('\n')
  return `${heading('Examples:', page)}\n${lines}`
}

/** Breaks a long command before options, with backslashes, so that it can be copied. */
function commandLines(command: string, width: number): string {
  const lines: string[] = []
  for (const part of command.split(/ (?=--[a-z])/)) {
    const line = lines.at(-1)
    if (line !== undefined && `    ${line} ${part} \\`.length <= width)
      lines[lines.length - 1] = `${line} ${part}`
    else lines.push(part)
  }
  return lines.join(' \\\n    ')
}

/** The shortest form of each option: `-o, -e, --dry-run`. */
function shortestForms(options: readonly Option[]): string {
  return options.map((option) => option.short ?? option.long).join(', ')
}

/** Renders commander's help in the layout of this program. `ownOptionDeclarations` are the command's options. */
function renderHelp(
  command: Command,
  page: HelpLayout,
  ownOptionDeclarations: readonly OptionDeclaration[],
): string {
  const ownNames = new Set(ownOptionDeclarations.map(({ name }) => name))
  const declarations = new Map(
    [...globalOptions, ...ownOptionDeclarations].map((option) => [option.name, option]),
  )
  // The short letter is commander's, not the declared one: a command may reuse the letter of a global option.
  const entry = (option: Option) => {
    const { short: _, ...rest } = declarations.get(option.name()) ?? { name: option.name(), description: '' }
    return optionEntry(option.short === undefined ? rest : { ...rest, short: option.short.slice(1) })
  }
  const formatHelp = (shownCommand: Command, helper: Help): string => {
    const terms = (options: readonly Option[]) =>
      options.map((option) => [helper.optionTerm(option), helper.optionDescription(option)] as const)
    const section = (title: string, entries: readonly (readonly [string, string])[]) =>
      entries.length === 0 ? [] : [`${helper.styleTitle(title)}\n${entriesText(entries, page)}`]
    const options = helper.visibleOptions(shownCommand)
    const description = helper.commandDescription(shownCommand)
    const groupOf = (option: Option) => option.helpGroupHeading ?? 'Options:'
    const visibleOwnOptions = options.filter((option) => ownNames.has(option.name()))
    const shownGlobalOptions = commonOptions.flatMap((name) =>
      options.filter((option) => option.name() === name && !ownNames.has(name)),
    )
    return [
      `${helper.styleTitle('Usage:')}\n  ${helper.commandUsage(shownCommand)}\n`,
      ...(description === '' ? [] : [paragraphs(description, page)]),
      ...section(
        'Arguments:',
        helper.visibleArguments(shownCommand).map((argument) => [argument.name(), argument.description]),
      ),
      ...[...helper.groupItems([], visibleOwnOptions, groupOf)].flatMap(([title, group]) =>
        section(title, terms(group)),
      ),
      ...[...helper.groupItems([], helper.visibleCommands(shownCommand), (each) => each.helpGroup())].flatMap(
        ([title, group]) =>
          section(
            title,
            group.map((each) => [each.name(), each.summary()]),
          ),
      ),
      paragraphs(
        `Options of every command: ${shortestForms(shownGlobalOptions)}; "occi help options" explains them.`,
        page,
      ),
      '',
    ].join('\n')
  }
  let text = ''
  command
    .configureHelp({
      formatHelp,
      optionTerm: (option) => entry(option)[0],
      optionDescription: (option) => entry(option)[1],
      styleTitle: (title) => heading(title, page),
    })
    .configureOutput({
      writeOut: (part) => {
        text += part
      },
      getOutHasColors: () => true,
    })
    .outputHelp()
  return text
}
