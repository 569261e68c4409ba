/** The fields of `occi api` (`-f name=value`, `-F name=value`): reads them and adds them to a request. */

import { type HeaderPair, isSafeMethod } from '../../basics/http.js'
import { isRecord } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import { purposes, unreadableReason } from '../../files/index.js'
import type { AttributeValue, TypeId } from '../../model/index.js'
import { ParseError, parseMediaType, renderingFor, renderings } from '../../rendering/index.js'
import type { CommandContext, Invocation } from '../context.js'
import type { OptionDeclaration } from '../options/declaration.js'

export const fieldOptions: readonly OptionDeclaration[] = [
  {
    name: 'raw-field',
    short: 'f',
    value: 'NAME=VALUE',
    description: 'add a text value to the body, or to the query of a GET request',
    repeatable: true,
    env: 'none',
  },
  {
    name: 'field',
    short: 'F',
    value: 'NAME=VALUE',
    description:
      'add a typed value: a number, true, false or null; NAME:=JSON adds any JSON, NAME=@FILE the text of a file (@-: standard input)',
    repeatable: true,
    env: 'none',
  },
]

interface Field {
  readonly name: string
  /** A JSON value. */
  readonly value: unknown
}

export function hasFields({ options }: Pick<Invocation, 'options'>): boolean {
  return options.all('raw-field').length > 0 || options.all('field').length > 0
}

/** Reads the fields of the command line, and the files that they name. Throws UsageError. */
export async function readFields(context: CommandContext): Promise<readonly Field[]> {
  const { options } = context
  const fields: Field[] = options.all('raw-field').map((text) => {
    const [name, value] = splitField(text, '--raw-field')
    return { name, value }
  })
  for (const text of options.all('field')) {
    const json = /^([^=]+):=(.*)$/s.exec(text)
    if (json !== null) {
      const [, name = '', jsonText = ''] = json
      fields.push({ name: name.trim(), value: parseJsonField(name, jsonText) })
      continue
    }
    const [name, value] = splitField(text, '--field')
    fields.push({
      name,
      value: value.startsWith('@') ? await readFieldFile(context, value.slice(1)) : typedValue(value),
    })
  }
  return fields
}

function splitField(text: string, option: string): readonly [name: string, value: string] {
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(equals, 0)).trim()
  if (name === '') {
    throw new UsageError(`${option} "${text.slice(0, 80)}" is not of the form NAME=VALUE`, {
      hint: 'For example: -f title=web, or -F occi.compute.cores=2.',
      at: option,
    })
  }
  if (option === '--raw-field' && name.endsWith(':')) {
    throw new UsageError(`${option} takes text, but "${name}=" introduces JSON`, {
      hint: `Write -F '${text.slice(0, 80)}'.`,
      at: option,
    })
  }
  return [name, text.slice(equals + 1)]
}

function parseJsonField(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--field ${name}:= needs JSON, not "${text.slice(0, 80)}"`, {
      hint: `For text write -f '${name}=${text.slice(0, 80)}'; JSON text has quotes: '${name}:="text"'.`,
      at: '--field',
    })
  }
}

/** Converts numbers, true, false and null; any other text stays a string. */
function typedValue(text: string): unknown {
  return /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(text) ? JSON.parse(text) : text
}

async function readFieldFile(context: CommandContext, file: string): Promise<string> {
  if (file === '-') return (await context.stdin('--field', purposes.requestBody)).toString('utf8')
  return fileText(context, file, '--field', 'For a value that begins with @ write -f.')
}

/** Reads a file that `option` names for the body of a request. Throws UsageError with `hint`. */
export async function fileText(
  { runtime }: CommandContext,
  file: string,
  option: string,
  hint: string,
): Promise<string> {
  try {
    return (await runtime.readFile(file, purposes.requestBody)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be read: ${unreadableReason(cause)}`, {
      cause,
      at: option,
      hint,
    })
  }
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: readonly HeaderPair[]
  readonly body?: string
}

/**
 * Adds fields to the query of a request with a safe method (GET, HEAD), otherwise to its content, whose media type is
 * `contentType`: to the JSON object, or as lines or headers of a text rendering. Throws UsageError.
 */
export function withFields<R extends Request>(request: R, fields: readonly Field[], contentType: string): R {
  if (fields.length === 0) return request
  if (isSafeMethod(request.method)) return { ...request, path: withQuery(request.path, fields) }
  const media = parseMediaType(contentType)?.type ?? contentType
  const rendering = renderingFor(media)?.name
  if (rendering === 'text/plain' || rendering === 'text/occi') {
    const { headers, body } = printAsText(fields, rendering)
    const existingBody = request.body ?? ''
    const lines = existingBody === '' || existingBody.endsWith('\n') ? existingBody : `${existingBody}\r\n`
    return {
      ...request,
      headers: [...request.headers, ...headers],
      ...(lines + body === '' ? {} : { body: lines + body }),
    }
  }
  if (media === 'application/json' || media.endsWith('+json')) {
    return { ...request, body: addToJson(fields, request.body) }
  }
  throw new UsageError(`Fields cannot be written as ${media}`, {
    hint: "Give the body with --data, or name another media type: --header 'Content-Type: application/json'.",
    at: '--header',
  })
}

function withQuery(path: string, fields: readonly Field[]): string {
  const query = new URLSearchParams(fields.map(({ name, value }): [string, string] => [name, textOf(value)]))
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}

/** Adds fields to the JSON object `body`: those whose names have a dot to its attributes (GFD.226 §5). */
function addToJson(fields: readonly Field[], body: string | undefined): string {
  const object: Record<string, unknown> = body === undefined || body.trim() === '' ? {} : parseObject(body)
  for (const { name, value } of fields) {
    if (!name.includes('.')) {
      setOwnMember(object, name, value)
      continue
    }
    const attributes = isRecord(object['attributes']) ? { ...object['attributes'] } : {}
    setOwnMember(attributes, name, value)
    setOwnMember(object, 'attributes', attributes)
  }
  return `${JSON.stringify(object)}\n`
}

/** Sets a member, even if its name is `__proto__`. */
function setOwnMember(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isRecord(value)) return { ...value }
  throw new UsageError('Fields can only be added to a JSON object, but the body is something else', {
    hint: 'Remove the fields, or give a JSON object with --data.',
    at: '--data',
  })
}

/** Members of the JSON rendering that are Category lines in text (GFD.229 §5). */
const categoryMembers = { kind: 'kind', action: 'action', mixins: 'mixin' } as const

/** Members of the JSON rendering that are attributes in text. */
const coreMembers: ReadonlySet<string> = new Set(['id', 'title', 'summary'])

function printAsText(
  fields: readonly Field[],
  rendering: 'text/plain' | 'text/occi',
): { readonly headers: readonly HeaderPair[]; readonly body: string } {
  const categories: { id: TypeId; class: 'kind' | 'mixin' | 'action' }[] = []
  const attributes = new Map<string, AttributeValue>()
  for (const { name, value } of fields) {
    if (Object.hasOwn(categoryMembers, name)) {
      const categoryClass = categoryMembers[name as keyof typeof categoryMembers]
      for (const id of Array.isArray(value) ? value : [value])
        categories.push({ id: textOf(id) as TypeId, class: categoryClass })
    } else if (value === null) {
      throw new UsageError(`"${name}" is null, which the text renderings cannot express`, {
        at: '--field',
      })
    } else {
      attributes.set(coreMembers.has(name) ? `occi.core.${name}` : name, value as AttributeValue)
    }
  }
  try {
    return renderings[rendering].print({ what: 'references', categories, attributes })
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    throw new UsageError(`The fields cannot be written as ${rendering}: ${error.message}`, {
      cause: error,
      hint:
        error.hint ??
        'Name a category by its identifier: kind=http://schemas.ogf.org/occi/infrastructure#compute.',
      at: '--field',
    })
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
