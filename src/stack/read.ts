/** Reads a stack file and checks everything that needs no provider. */
import { isRecord } from '../basics/objects.js'
import { ConfigError, OcciError } from '../errors/errors.js'
import { readYaml, UnreadableYamlError, type YamlPlace, type YamlText } from '../files/index.js'
import type { KeyDeclaration, KindDeclaration, Kinds } from './kinds.js'
import { checkOrder } from './order.js'
import { didYouMean, type StackProblem, throwProblems } from './problem.js'
import { isWrongExpression, missingValue, parseTemplate, type Template, type Values } from './template.js'
import type { Reference, Stack, StackResource } from './types.js'

/** How a stack file is read. */
export interface ReadOptions {
  /** The name of the file in messages. */
  readonly file: string
  readonly kinds: Kinds
  /** Reads a document that the stack file names. Without it, expressions in documents are not checked. */
  readonly document?: (path: string) => Promise<string>
  /** With it, each variable of the file must have a value. */
  readonly values?: Pick<Values, 'environment' | 'variables'>
}

/** Throws ConfigError with file, line and column of each problem. */
export async function readStack(text: string, options: ReadOptions): Promise<Stack> {
  const { file, document } = options
  const yaml = await parseYamlText(text, file)
  const reading = new Reading(yaml, options)
  const withoutDocuments = reading.stack()
  const stack =
    withoutDocuments === undefined || document === undefined
      ? withoutDocuments
      : await withDocuments(withoutDocuments, reading, document)
  if (reading.problems.length === 0 && stack !== undefined) reading.problems.push(...checkOrder(stack))
  throwProblems(file, reading.problems)
  if (stack === undefined) throw new ConfigError(`${file} contains no stack`)
  return stack
}

async function parseYamlText(text: string, file: string): Promise<YamlText> {
  try {
    return await readYaml(text, { repeatedKeys: 'refuse' })
  } catch (cause) {
    if (!(cause instanceof UnreadableYamlError)) throw cause
    const { reason, line = 1, column = 1 } = cause
    const message = reason === 'syntax' ? 'this is not valid YAML, or a key is repeated' : reason
    throwProblems(file, [{ place: { line, column }, message }])
    throw cause
  }
}

async function withDocuments(
  stack: Stack,
  reading: Pick<Reading, 'problems'>,
  read: (path: string) => Promise<string>,
): Promise<Stack> {
  const resources = new Map<string, StackResource>()
  for (const [name, resource] of stack.resources) {
    const documents: Template[] = []
    for (const { name: key } of resource.declaration.keys.filter((each) => each.document === true)) {
      for (const { source, parts, place } of resource.values.get(key) ?? []) {
        if (parts.some((part) => typeof part !== 'string')) continue
        try {
          const found = parseTemplate(await read(source), place, 'document')
          if (!isWrongExpression(found)) documents.push(found)
          else {
            const message = `${source}: "\${${found.text}}" is not an expression`
            reading.problems.push({ place, message, hint: `$\${ stands for \${ itself.` })
          }
        } catch (error) {
          if (!(error instanceof OcciError)) throw error
          const { message, hint } = error
          reading.problems.push({ place, message, ...(hint === undefined ? {} : { hint }) })
        }
      }
    }
    resources.set(name, { ...resource, documents })
  }
  return { ...stack, resources }
}

type Path = readonly (string | number)[]

const topKeys = ['name', 'context', 'resources', 'outputs']
const ownKeys = ['kind', 'existing', 'count', 'context', 'state']
const endKeys = ['source', 'target']
/** Keys of a resource with `existing: true`, which is only looked up. */
const lookupKeys = ['kind', 'existing', 'context', 'title', 'id']
const maxCopies = 1000

const resourceName = /^[A-Za-z][\w-]{0,62}$/
const stackName = /^[A-Za-z0-9][\w.-]{0,62}$/

class Reading {
  readonly problems: StackProblem[] = []
  private readonly yaml: YamlText
  private readonly file: string
  private readonly kinds: Kinds
  private readonly values: ReadOptions['values']

  constructor(yaml: YamlText, { file, kinds, values }: ReadOptions) {
    this.yaml = yaml
    this.file = file
    this.kinds = kinds
    this.values = values
  }

  stack(): Stack | undefined {
    const { data } = this.yaml
    if (!isRecord(data)) {
      this.addProblem([], 'a stack file is a mapping with name and resources', 'Begin with: name: NAME')
      return undefined
    }
    this.checkKeys([], data, topKeys, 'a stack')
    const name = this.word([], data, 'name')
    if (name === undefined) this.addProblem([], 'the stack has no name', 'Add: name: NAME')
    else if (!stackName.test(name)) {
      this.addProblem(
        ['name'],
        `"${excerpt(name)}" cannot be the name of a stack`,
        'Use letters, digits, - and _.',
      )
    }
    const site = this.word([], data, 'context')
    return {
      file: this.file,
      name: name ?? '',
      ...(site === undefined ? {} : { site }),
      resources: this.resources(data['resources']),
      outputs: this.outputs(data['outputs']),
    }
  }

  private resources(data: unknown): ReadonlyMap<string, StackResource> {
    const found = new Map<string, StackResource>()
    if (!isRecord(data) || Object.keys(data).length === 0) {
      this.addProblem(['resources'], 'resources must be a mapping with at least one resource')
      return found
    }
    for (const [name, value] of Object.entries(data)) {
      const path = ['resources', name]
      if (!resourceName.test(name) || name === 'env' || name === 'var') {
        this.addProblem(
          path,
          `"${excerpt(name)}" cannot be the name of a resource`,
          'Begin with a letter; use letters, digits, - and _; env and var have another meaning.',
          'key',
        )
        continue
      }
      const one = this.resource(name, path, value, Object.keys(data))
      if (one !== undefined) found.set(name, one)
    }
    return found
  }

  private resource(
    name: string,
    path: Path,
    data: unknown,
    names: readonly string[],
  ): StackResource | undefined {
    if (!isRecord(data)) {
      this.addProblem(path, `${name} must be a mapping`, `For example: ${name}: { kind: compute }`)
      return undefined
    }
    const word = this.word(path, data, 'kind')
    if (word === undefined) {
      this.addProblem(
        path,
        `${name} has no kind`,
        `Kinds are: ${this.kinds.known.join(', ')}, and those of the provider.`,
      )
      return undefined
    }
    const declaration = this.kinds.declaration(word, 'target' in data || 'source' in data)
    const existing = this.flag(path, data, 'existing')
    const keys = namedKeys(declaration)
    const allowed = existing
      ? lookupKeys
      : [...ownKeys, ...(declaration.isLink ? endKeys : []), ...keys.keys()]
    this.checkKeys(path, data, allowed, existing ? 'a resource that exists' : `the kind ${word}`)
    const count = this.count(path, data)
    const values = new Map<string, readonly Template[]>()
    const links: Reference[] = []
    for (const [keyName, value] of Object.entries(data)) {
      const key = keys.get(keyName)
      if (key === undefined || ownKeys.includes(keyName) || value === null) continue
      const keyPath = [...path, keyName]
      if (key.linksTo !== undefined) links.push(...this.references(keyPath, key, value, names, count))
      else values.set(key.name, [...(values.get(key.name) ?? []), ...this.texts(keyPath, key, value)])
    }
    const state = this.word(path, data, 'state')
    if (state !== undefined) this.checkState([...path, 'state'], state, declaration)
    const site = this.word(path, data, 'context')
    return {
      name,
      word,
      declaration,
      existing,
      count,
      site,
      state,
      values,
      documents: [],
      links,
      ends: declaration.isLink && !existing ? this.ends(path, data, names) : undefined,
      place: this.yaml.placeOf(path, 'key'),
      places: new Map(Object.keys(data).map((key) => [key, this.yaml.placeOf([...path, key])])),
    }
  }

  private ends(path: Path, data: Readonly<Record<string, unknown>>, names: readonly string[]) {
    const [source, target] = endKeys.map((key) => {
      if (data[key] === undefined || data[key] === null) {
        this.addProblem(path, `a link needs ${key}`, `Add: ${key}: NAME`)
        return undefined
      }
      return this.reference([...path, key], { name: key }, data[key], names)
    })
    return source === undefined || target === undefined ? undefined : { source, target }
  }

  private references(
    path: Path,
    key: KeyDeclaration,
    value: unknown,
    names: readonly string[],
    count: number | undefined,
  ): readonly Reference[] {
    const entries = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    return entries.flatMap((entry, at) => {
      const place = Array.isArray(value) ? [...path, at] : path
      const found = this.reference(place, key, entry, names)
      if (found?.on !== undefined && (count === undefined || found.on > count)) {
        this.addProblem(
          [...place, 'on'],
          `there is no copy number ${found.on}`,
          `It has count: ${count ?? 'none'}.`,
        )
      }
      return found ?? []
    })
  }

  private reference(
    path: Path,
    key: Pick<KeyDeclaration, 'name' | 'linksTo'>,
    value: unknown,
    names: readonly string[],
  ): Reference | undefined {
    const detailKey = key.linksTo?.detail
    let text = value
    let on: number | undefined
    let detail: Template | undefined
    if (isRecord(value)) {
      this.checkKeys(path, value, ['name', 'on', ...(detailKey === undefined ? [] : [detailKey])], key.name)
      text = value['name']
      if (value['on'] !== undefined) on = this.number([...path, 'on'], value['on'])
      const detailValue = detailKey === undefined ? undefined : value[detailKey]
      if (detailValue !== undefined) detail = this.template([...path, detailKey ?? ''], detailValue)
    }
    const match = /^([A-Za-z][\w-]{0,62})(?:\[(\d{1,6})\])?(?::(\/.*))?$/.exec(String(text))
    if (typeof text !== 'string' || match === null || (match[3] !== undefined && detailKey === undefined)) {
      this.addProblem(
        path,
        `${key.name} must name a resource of this stack`,
        'Declare a resource that exists already: { kind: network, existing: true }',
      )
      return undefined
    }
    const [, resource = '', index, suffix] = match
    if (!names.includes(resource)) {
      this.addProblem(
        path,
        `there is no resource "${resource}" in this stack`,
        didYouMean(resource, names, 'Resources'),
      )
      return undefined
    }
    if (suffix !== undefined) detail = this.template(path, suffix)
    return {
      key: key.name,
      resource,
      place: this.yaml.placeOf(path),
      ...(index === undefined ? {} : { index: Number(index) }),
      ...(on === undefined ? {} : { on }),
      ...(detail === undefined ? {} : { detail }),
    }
  }

  private texts(path: Path, key: KeyDeclaration, value: unknown): readonly Template[] {
    if (key.form === 'mapping' && isRecord(value)) {
      const found: Template[] = []
      for (const [name, inner] of Object.entries(value)) {
        if (inner === null) continue
        const at = [...path, name]
        if (name === '' || name.includes('=') || /\s/.test(name)) {
          this.addProblem(at, `"${excerpt(name)}" cannot be the name of an attribute`, undefined, 'key')
          continue
        }
        const text =
          typeof inner === 'object' ? `${name}:=${JSON.stringify(inner)}` : `${name}=${String(inner)}`
        const template = this.template(at, text)
        if (template !== undefined) found.push(template)
      }
      return found
    }
    if (Array.isArray(value) && key.form !== 'text') {
      return (value as readonly unknown[]).flatMap((one, at) => this.template([...path, at], one) ?? [])
    }
    if (key.form === 'mapping') {
      this.addProblem(path, `${key.name} must be a mapping`, 'For example: { occi.compute.cores: 2 }')
      return []
    }
    const found = this.template(path, value)
    if (
      found !== undefined &&
      key.choices !== undefined &&
      found.parts.every((part) => typeof part === 'string')
    ) {
      if (!key.choices.includes(found.source)) {
        this.addProblem(
          path,
          `${key.name} cannot be "${excerpt(found.source)}"`,
          didYouMean(found.source, key.choices, 'It is one of'),
        )
      }
    }
    return found === undefined ? [] : [found]
  }

  private template(path: Path, value: unknown): Template | undefined {
    if (value === null || value === undefined || typeof value === 'object') {
      this.addProblem(path, 'this must be a single value')
      return undefined
    }
    const found = parseTemplate(String(value), this.yaml.placeOf(path))
    if (isWrongExpression(found)) {
      this.addProblem(
        path,
        `"\${${found.text}}" is not an expression`,
        `Write \${RESOURCE.ATTRIBUTE}, \${RESOURCE[0].ATTRIBUTE}, \${env.NAME} or \${var.NAME}; $\${ stands for \${ itself.`,
      )
      return undefined
    }
    for (const part of found.parts) {
      const missing =
        typeof part === 'string' || this.values === undefined ? undefined : missingValue(part, this.values)
      if (missing !== undefined) this.addProblem(path, missing.message, missing.hint)
    }
    return found
  }

  private outputs(data: unknown): ReadonlyMap<string, Template> {
    const found = new Map<string, Template>()
    if (data === undefined || data === null) return found
    if (!isRecord(data)) {
      this.addProblem(['outputs'], 'outputs must be a mapping', `For example: address: \${web.ip}`)
      return found
    }
    for (const [name, value] of Object.entries(data)) {
      const path = ['outputs', name]
      if (!resourceName.test(name))
        this.addProblem(path, `"${excerpt(name)}" cannot be the name of an output`, undefined, 'key')
      const one = this.template(path, value)
      if (one !== undefined) found.set(name, one)
    }
    return found
  }

  /** A word without expressions. */
  private word(path: Path, data: Readonly<Record<string, unknown>>, key: string): string | undefined {
    const value = data[key]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object' || String(value).includes('${') || String(value).trim() === '') {
      this.addProblem([...path, key], `${key} must be a plain word`)
      return undefined
    }
    return String(value)
  }

  private flag(path: Path, data: Readonly<Record<string, unknown>>, key: string): boolean {
    const value = data[key] ?? false
    if (typeof value !== 'boolean') this.addProblem([...path, key], `${key} must be true or false`)
    return value === true
  }

  private number(path: Path, value: unknown): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxCopies) return value
    this.addProblem(path, `${String(path.at(-1))} must be a whole number from 1 to ${maxCopies}`)
    return undefined
  }

  private count(path: Path, data: Readonly<Record<string, unknown>>): number | undefined {
    const value = data['count']
    return value === undefined || value === null ? undefined : this.number([...path, 'count'], value)
  }

  private checkState(path: Path, state: string, { actions, ready }: KindDeclaration): void {
    const known = [...new Set([ready, ...actions.keys()])]
    if (!known.includes(state))
      this.addProblem(
        path,
        `no action leads to the state "${excerpt(state)}"`,
        didYouMean(state, known, 'States'),
      )
  }

  private checkKeys(
    path: Path,
    data: Readonly<Record<string, unknown>>,
    allowed: readonly string[],
    of: string,
  ): void {
    for (const key of Object.keys(data)) {
      if (allowed.includes(key)) continue
      this.addProblem(
        [...path, key],
        `"${excerpt(key)}" is not a key of ${of}`,
        didYouMean(key, allowed, 'Keys'),
        'key',
      )
    }
  }

  private addProblem(path: Path, message: string, hint?: string, of: 'value' | 'key' = 'value'): void {
    const place: YamlPlace = this.yaml.placeOf(path, of)
    this.problems.push({ place, message, ...(hint === undefined ? {} : { hint }) })
  }
}

/** Keys by the words that a file may use: a list also has its plural, `networks` for `network`. */
export function namedKeys({ keys }: Pick<KindDeclaration, 'keys'>): ReadonlyMap<string, KeyDeclaration> {
  const found = new Map<string, KeyDeclaration>()
  for (const key of keys) if (key.form !== 'text') found.set(`${key.name}s`, key)
  for (const key of keys) found.set(key.name, key)
  return found
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
