/**
 * `occi convert`, and its old names `occi parse` and `occi render`: converts a message to another rendering, without
 * a request.
 */
import { PartialError, ProtocolError, UsageError } from '../../errors/errors.js'
import { purposes, unreadableReason } from '../../files/index.js'
import type { Message, Parsed, Printable, Rendering, RenderingName } from '../../rendering/index.js'
import {
  describePlace,
  isRenderingName,
  readMessage,
  renderingNames,
  renderings,
} from '../../rendering/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import type { OptionDeclaration } from '../options/declaration.js'

const names: readonly string[] = renderingNames

const fromOption: OptionDeclaration = {
  name: 'from',
  value: 'RENDERING',
  description: 'rendering of the message; default: recognised from its text',
  choices: names,
  env: 'none',
}
const strictOption: OptionDeclaration = {
  name: 'strict',
  description: 'accept only what the standard allows: each deviation is an error',
  env: 'none',
}

function convertCommand(name: string, defaultRendering: RenderingName): CommandDeclaration {
  return {
    path: [name],
    summary: 'Convert an OCCI message to JSON or another rendering',
    description:
      'Reads a message of an OCCI server or client: a body, or header lines. Errors name line and column; protocol deviations are reported on standard error.',
    arguments: [
      {
        name: 'FILE',
        description: 'file with the message; default or "-": standard input',
        required: false,
        completion: { of: 'file' },
      },
    ],
    options: [
      fromOption,
      {
        name: 'to',
        value: 'RENDERING',
        description: 'rendering to convert to',
        choices: names,
        default: defaultRendering,
        env: 'none',
      },
      strictOption,
    ],
    examples: [
      {
        title: 'The answer of a server, as JSON',
        command: `occi api /compute/4f1c --header 'Accept: text/plain' | occi ${name} --to json`,
      },
      { title: 'Check that a message follows the standard', command: `occi ${name} --strict message.txt` },
    ],
    run: async (context) => {
      await convert(context, defaultRendering)
      return undefined
    },
  }
}

export const convertMessage = convertCommand('convert', 'json')
export const parse = convertCommand('parse', 'json')
export const render = convertCommand('render', 'text/plain')

async function convert(context: CommandContext, defaultRendering: RenderingName): Promise<void> {
  const text = await readInput(context)
  const from = context.options.text('from') ?? guessRendering(text)
  const to = context.options.text('to') ?? defaultRendering
  const strict = context.options.isSet('strict')
  const parsed = parseText(text, renderingNamed(from, '--from'), { strict })
  refuseOtherContent(parsed)
  for (const { message, place, lost } of parsed.deviations) {
    if (lost !== true) await context.warn(`tolerated: ${message} (${describePlace(place)})`)
  }
  const unreadParts = parsed.deviations
    .filter(({ lost }) => lost === true)
    .map(({ message, place }) => ({ target: describePlace(place), error: new ProtocolError(message) }))
  if (unreadParts.length > 0) {
    const parts = unreadParts.length === 1 ? 'One part' : `${unreadParts.length} parts`
    context.fail(new PartialError(`${parts} of the message could not be read`, unreadParts))
  }
  const printed = renderingNamed(to, '--to').print(toPrintable(parsed))
  const lines = printed.headers.map(([name, value]) => `${name}: ${value}\n`).join('')
  const body = printed.body === '' || printed.body.endsWith('\n') ? printed.body : `${printed.body}\n`
  await context.streams.out.write(lines + body)
}

/** Throws ProtocolError for a web page, XML or an error object, which would be converted to an empty message. */
function refuseOtherContent({ error, entities, categories, locations }: Parsed): void {
  if (error === undefined || entities.length + categories.length + locations.length > 0) return
  const description = { html: 'a web page', xml: 'XML' }[error.code ?? ''] ?? 'an error'
  throw new ProtocolError(`The message is ${description}, not a rendering of OCCI: ${error.message}`)
}

function parseText(text: string, rendering: Rendering, { strict }: { readonly strict: boolean }): Parsed {
  const isHeaders = rendering.carrier === 'headers'
  const message: Message = isHeaders ? { headers: headerPairs(text), body: '' } : { headers: [], body: text }
  // The strict reader accepts data only in the carrier of the rendering: headers or body.
  return strict
    ? rendering.parse(message, { strict })
    : readMessage(message, { contentType: rendering.mediaTypes[0] ?? rendering.name })
}

/** Splits `Name: value` lines, as copied from a trace. Throws UsageError for a line without a name. */
function headerPairs(text: string): readonly (readonly [string, string])[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      const colon = line.indexOf(':')
      if (colon < 1)
        throw new UsageError(`Line ${number} is not a header: "Name: value" is expected`, {
          at: `line ${number}`,
        })
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
    })
}

/** The content of the message in the form that renderings print. */
function toPrintable(parsed: Parsed): Printable {
  if (parsed.action !== undefined) return { what: 'action', invocation: parsed.action }
  const [entity] = parsed.entities
  if (parsed.entities.length > 1) return { what: 'collection', entities: parsed.entities }
  if (entity !== undefined) return { what: 'entity', entity }
  if (parsed.categories.length > 0) return { what: 'model', categories: parsed.categories }
  if (parsed.references.length > 0 || parsed.attributes.size > 0) {
    return {
      what: 'references',
      categories: parsed.references.map((id) => ({ id })),
      attributes: parsed.attributes,
    }
  }
  return { what: 'locations', locations: parsed.locations }
}

/**
 * Guesses the rendering: JSON if the text begins with a brace or bracket, text/uri-list if its first line is a URI,
 * otherwise text/plain.
 */
function guessRendering(text: string): RenderingName {
  const start = text.trimStart()
  if (start.startsWith('{') || start.startsWith('[')) return 'json'
  const firstLine = start.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''
  return /^(https?:\/\/|\/)\S*\s*$/i.test(firstLine) ? 'text/uri-list' : 'text/plain'
}

function renderingNamed(name: string, option: string): Rendering {
  const rendering = isRenderingName(name) ? renderings[name] : undefined
  if (rendering !== undefined) return rendering
  throw new UsageError(`${option}: there is no rendering "${name}"`, {
    hint: `Use one of ${names.join(', ')}.`,
    at: option,
  })
}

async function readInput(context: CommandContext): Promise<string> {
  const file = context.word('FILE')
  if (file === undefined || file === '-')
    return (await context.stdin('the message', purposes.message)).toString('utf8')
  try {
    return (await context.runtime.readFile(file, purposes.message)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${unreadableReason(cause)}`, {
      cause,
      at: 'FILE',
      hint: 'Give a file, or "-" for standard input.',
    })
  }
}
