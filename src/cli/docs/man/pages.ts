/** Generates the manual pages: occi(1), a page for each noun, and a page in section 7 for each help topic. */
import { argumentLabel, type CommandDeclaration, isGroup } from '../../command.js'
import { type OptionDeclaration, optionLabel } from '../../options/declaration.js'
import { shortcutLines } from '../../shortcuts.js'
import {
  commandsOf,
  type Documentation,
  headingMark,
  type Noun,
  type Topic,
  usage,
  visible,
} from '../tree.js'
import { bold, example, item, pageHead, paragraph, reference, section, subsection, text } from './roff.js'

export interface GeneratedFile {
  /** `occi-compute.1`. */
  readonly name: string
  readonly text: string
}

export function manualPages(tree: Documentation): readonly GeneratedFile[] {
  return [
    { name: 'occi.1', text: programPage(tree) },
    ...tree.nouns.map((noun) => ({ name: `occi-${noun.name}.1`, text: nounPage(noun, tree) })),
    ...tree.topics.map((topic) => ({ name: `occi-${topic.name}.7`, text: topicPage(topic, tree) })),
  ]
}

function programPage(tree: Documentation): string {
  const sections = grouped(tree.nouns, (noun) => noun.section)
  const groups = grouped(visible(tree.globals), (option) => option.group ?? 'Options')
  return [
    pageHead({ name: 'occi', section: 1, summary: 'work with OCCI clouds', version: tree.version }),
    section(
      'Synopsis',
      `.PP\n${bold('occi')} \\fInoun\\fR \\fIverb\\fR [\\fIname\\fR...] [\\fIoptions\\fR]\n`,
    ),
    section('Description', paragraph(about) + paragraph(commandsIntroduction)),
    section('Examples', firstExamples(tree)),
    section(
      'Commands',
      [...sections]
        .map(([title, nouns]) =>
          subsection(
            title,
            nouns
              .map((noun) => `.TP\n${reference(`occi-${noun.name}`, 1)}\n${text(noun.summary)}\n`)
              .join(''),
          ),
        )
        .join(''),
    ),
    section(
      'Shortcuts',
      shortcutLines()
        .map(([typed, command]) => item(typed, command))
        .join(''),
    ),
    section(
      'Options',
      paragraph('Every command accepts these options, before or after its name.') +
        [...groups].map(([title, options]) => subsection(title, options.map(optionItem).join(''))).join(''),
    ),
    section(
      'Exit status',
      tree.exitStatuses.map(([status, meaning]) => item(String(status), meaning)).join(''),
    ),
    section(
      'Environment',
      paragraph('Every option can be set by an environment variable: --foo-bar by OCCI_FOO_BAR.') +
        `.PP\nSee ${reference('occi-environment', 7)}.\n`,
    ),
    section(
      'See also',
      seeAlso([
        ...tree.nouns.map(({ name }) => [`occi-${name}`, 1] as const),
        ...tree.topics.map(({ name }) => [`occi-${name}`, 7] as const),
      ]),
    ),
  ].join('')
}

const about =
  'occi manages clouds that support versions 1.1 and 1.2 of OCCI, the Open Cloud Computing Interface of the Open ' +
  'Grid Forum. It reads the model that the provider offers and validates input against it before sending requests.'
const commandsIntroduction =
  'A command consists of a noun, the kind of a resource, and a verb. Every kind of the provider can be used as a ' +
  'noun: "occi model list" lists them. "occi help" and "occi NOUN --help" show shorter help texts.'

function firstExamples(tree: Documentation): string {
  return tree.nouns
    .flatMap((noun) =>
      commandsOf(noun).flatMap(({ summary, examples: [first] }) =>
        first === undefined ? [] : [paragraph(`${summary}:`) + example(first.command)],
      ),
    )
    .slice(0, 5)
    .join('')
}

function nounPage(noun: Noun, tree: Documentation): string {
  const commands = commandsOf(noun)
  const { declaration } = noun
  return [
    pageHead({ name: `occi-${noun.name}`, section: 1, summary: noun.summary, version: tree.version }),
    section('Synopsis', commands.map((command) => `.PP\n${bold(usage(command))}\n`).join('')),
    section('Description', helpToRoff(declaration.description ?? `${declaration.summary}.`)),
    section(
      'Commands',
      isGroup(declaration)
        ? commands.map((command) => subsection(usage(command), commandBody(command))).join('')
        : commands.map(commandBody).join(''),
    ),
    section(
      'Options',
      paragraph(
        'The options of every command (output, connection, authentication and others) are described in occi(1).',
      ),
    ),
    section(
      'See also',
      seeAlso([['occi', 1], ...tree.topics.map(({ name }) => [`occi-${name}`, 7] as const)]),
    ),
  ].join('')
}

function commandBody(command: CommandDeclaration): string {
  return [
    paragraph(`${command.summary}.`),
    command.description === undefined ? '' : helpToRoff(command.description),
    ...command.arguments.map((argument) => item(argumentLabel(argument), sentence(argument.description))),
    ...visible(command.options).map(optionItem),
    ...command.examples.map(({ title, command: line }) => paragraph(`${title}:`) + example(line)),
  ].join('')
}

function optionItem(option: OptionDeclaration): string {
  const short = option.short === undefined ? '' : `-${option.short}, `
  const notes = [
    option.choices !== undefined && !option.choices.every((choice) => option.description.includes(choice))
      ? `One of ${option.choices.join(', ')}.`
      : '',
    option.default === undefined ? '' : `Default: ${option.default}.`,
    option.repeatable === true ? 'May be repeated.' : '',
  ]
  return item(
    `${short}${optionLabel(option)}`,
    [sentence(option.description), ...notes].filter(Boolean).join(' '),
  )
}

function sentence(words: string): string {
  const capital = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?\u2026]$/.test(capital) ? capital : `${capital}.`
}

function topicPage(topic: Topic, tree: Documentation): string {
  return [
    pageHead({ name: `occi-${topic.name}`, section: 7, summary: topic.summary, version: tree.version }),
    section('Description', helpToRoff(topic.text)),
    section(
      'See also',
      seeAlso([
        ['occi', 1],
        ...tree.topics
          .filter(({ name }) => name !== topic.name)
          .map(({ name }) => [`occi-${name}`, 7] as const),
      ]),
    ),
  ].join('')
}

/** Converts help text to roff: headings become subsections, and indented blocks are preformatted. */
function helpToRoff(words: string): string {
  const blocks: string[] = []
  let paragraphLines: string[] = []
  let blockLines: string[] = []
  const flush = () => {
    if (paragraphLines.length > 0) blocks.push(paragraph(paragraphLines.join(' ')))
    while (blockLines.at(-1) === '') blockLines.pop()
    if (blockLines.length > 0) blocks.push(example(withoutIndent(blockLines)))
    paragraphLines = []
    blockLines = []
  }
  const lines = words.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('  ')) {
      if (paragraphLines.length > 0) flush()
      blockLines.push(line)
    } else if (line.trim() === '') {
      if (blockLines.length > 0 && lines[index + 1]?.startsWith('  ') === true) blockLines.push('')
      else flush()
    } else {
      if (blockLines.length > 0) flush()
      if (line.startsWith(headingMark)) {
        flush()
        blocks.push(subsection(line.slice(headingMark.length).replace(/:$/, ''), ''))
      } else paragraphLines.push(line)
    }
  }
  flush()
  return blocks.join('')
}

function withoutIndent(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^ {2}/, '')).join('\n')
}

function seeAlso(pages: readonly (readonly [name: string, section: number])[]): string {
  return pages.length === 0
    ? ''
    : `.PP\n${pages.map(([name, number]) => reference(name, number)).join(',\n')}\n`
}

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const each of items) groups.set(key(each), [...(groups.get(key(each)) ?? []), each])
  return groups
}
