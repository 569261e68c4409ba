/** Reads a stack file and checks everything that needs no provider. */
import { isRecord, omitUndefined } from '../basics/objects.js'
import { ConfigError, OcciError } from '../errors/errors.js'
import { readYaml, UnreadableYamlError, type YamlPosition, type YamlText } from '../files/index.js'
import type { KeyDeclaration, KindDeclaration, Kinds } from './kinds.js'
import { didYouMean, type StackProblem, throwProblems } from './problem.js'
import { checkReferences } from './references.js'
import { isInvalidExpression, missingValue, parseTemplate, type Template, type Values } from './template.js'
import type { Reference, Stack, StackResource } from './types.js'

/** Settings for reading a stack file. */
export interface ReadOptions {
  /** The name of the file in messages. */
  readonly file: string
  readonly kinds: Kinds
  /** Reads a document that the stack file names. Without it, expressions in documents are not checked. */
  readonly document?: (path: string) => Promise<string>
  /** The values of variables. If present, each variable of the file must have one. */
  readonly values?: Pick<Values, 'environment' | 'variables'>
}

/** Reads and checks a stack file. Throws ConfigError with file, line and column of each problem. */
export async function readStack(text: string, options: ReadOptions): Promise<Stack> {
  const { file, document } = options
  const yaml = await parseYamlText(text, file)
  const reader = new StackReader(yaml, options)
  const withoutDocuments = reader.readStack()
  const stack =
    withoutDocuments === undefined || document === undefined
      ? withoutDocuments
      : await withDocuments(withoutDocuments, reader, document)
  if (reader.problems.length === 0 && stack !== undefined) reader.problems.push(...checkReferences(stack))
  throwProblems(file, reader.problems)
  if (stack === undefined) throw new ConfigError(`${file} contains no stack`)
  return stack
}

async function parseYamlText(text: string, file: string): Promise<YamlText> {
  try {
    return await readYaml(text, { repeatedKeys: 'refuse' })
  } catch (cause) {
    if (!(cause instanceof UnreadableYamlError)) throw cause
    const { reason, line = 1, column = 1 } = cause
    const message = reason === 'syntax' ? 'this is not valid YAML' : reason
    throwProblems(file, [{ place: { line, column }, message }])
    throw cause
  }
}

/** Adds the documents that the resources name to the stack. Their problems are added to those of the reader. */
async function withDocuments(
  stack: Stack,
  { problems }: Pick<StackReader, 'problems'>,
  read: (path: string) => Promise<string>,
): Promise<Stack> {
  const resources = new Map<string, StackResource>()
  for (const [name, resource] of stack.resources) {
    const documents: Template[] = []
    for (const path of documentPathsOf(resource)) {
      const result = await readDocument(path, read)
      if ('message' in result) problems.push(result)
      else documents.push(result)
    }
    resources.set(name, { ...resource, documents })
  }
  return { ...stack, resources }
}

/** The paths of the documents that a resource names, except paths with expressions. */
function documentPathsOf({ declaration, values }: StackResource): readonly Template[] {
  return declaration.keys
    .filter(({ document }) => document === true)
    .flatMap(({ name }) => values.get(name) ?? [])
    .filter(({ parts }) => parts.every((part) => typeof part === 'string'))
}

async function readDocument(
  { source, place }: Template,
  read: (path: string) => Promise<string>,
): Promise<Template | StackProblem> {
  try {
    const template = parseTemplate(await read(source), place, 'document')
    if (!isInvalidExpression(template)) return template
    const message = `${source}: "\${${template.text}}" is not an expression`
    return { place, message, hint: `$\${ stands for \${ itself.` }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    const { message, hint } = error
    return { place, message, ...omitUndefined({ hint }) }
  }
}

/** The keys and indexes that lead to a value in the file. */
type Path = readonly (string | number)[]

/** The keys of the file. */
const stackKeys = ['name', 'context', 'resources', 'outputs']
/** The keys of resources of all kinds. */
const commonKeys = ['kind', 'existing', 'count', 'context', 'state']
/** The keys of links. */
const endKeys = ['source', 'target']
/** Keys of a resource with `existing: true`, which is only looked up. */
const lookupKeys = ['kind', 'existing', 'context', 'title', 'id']
/** The highest value of `count`. */
const maxCopies = 1000

const resourceNamePattern = /^[A-Za-z][\w-]{0,62}$/
const stackNamePattern = /^[A-Za-z0-9][\w.-]{0,62}$/

/** Builds a stack from the data of a file, and collects the problems. */
class StackReader {
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

  readStack(): Stack | undefined {
    const { data } = this.yaml
    if (!isRecord(data)) {
      this.addProblem([], 'a stack file is a mapping with name and resources', 'Begin with: name: NAME')
      return undefined
    }
    this.checkKeys([], data, stackKeys, 'a stack')
    const name = this.readWord([], data, 'name')
    if (name === undefined) this.addProblem([], 'the stack has no name', 'Add: name: NAME')
    else if (!stackNamePattern.test(name)) {
      this.addProblem(
        ['name'],
        `"${excerpt(name)}" cannot be the name of a stack`,
        'Use letters, digits, - and _.',
      )
    }
    const site = this.readWord([], data, 'context')
    return {
      file: this.file,
      name: name ?? '',
      ...(site === undefined ? {} : { site }),
      resources: this.readResources(data['resources']),
      outputs: this.readOutputs(data['outputs']),
    }
  }

  private readResources(data: unknown): ReadonlyMap<string, StackResource> {
    const resources = new Map<string, StackResource>()
    if (!isRecord(data) || Object.keys(data).length === 0) {
      this.addProblem(['resources'], 'resources must be a mapping with at least one resource')
      return resources
    }
    for (const [name, value] of Object.entries(data)) {
      const path = ['resources', name]
      if (!resourceNamePattern.test(name) || name === 'env' || name === 'var') {
        this.addProblem(
          path,
          `"${excerpt(name)}" cannot be the name of a resource`,
          'Begin with a letter; use letters, digits, - and _; env and var have another meaning.',
          'key',
        )
        continue
      }
      const resource = this.readResource(name, path, value, Object.keys(data))
      if (resource !== undefined) resources.set(name, resource)
    }
    return resources
  }

  private readResource(
    name: string,
    path: Path,
    data: unknown,
    resourceNames: readonly string[],
  ): StackResource | undefined {
    if (!isRecord(data)) {
      this.addProblem(path, `${name} must be a mapping`, `For example: ${name}: { kind: compute }`)
      return undefined
    }
    const word = this.readWord(path, data, 'kind')
    if (word === undefined) {
      this.addProblem(
        path,
        `${name} has no kind`,
        `Kinds are: ${this.kinds.known.join(', ')}, and those of the provider.`,
      )
      return undefined
    }
    const declaration = this.kinds.declaration(word, 'target' in data || 'source' in data)
    const existing = this.readFlag(path, data, 'existing')
    const keys = keysByName(declaration)
    const allowedKeys = existing
      ? lookupKeys
      : [...commonKeys, ...(declaration.isLink ? endKeys : []), ...keys.keys()]
    this.checkKeys(path, data, allowedKeys, existing ? 'a resource that exists' : `the kind ${word}`)
    const count = this.readCount(path, data)
    const values = new Map<string, readonly Template[]>()
    const links: Reference[] = []
    for (const [keyName, value] of Object.entries(data)) {
      const key = keys.get(keyName)
      if (key === undefined || commonKeys.includes(keyName) || value === null) continue
      const keyPath = [...path, keyName]
      if (key.linksTo !== undefined)
        links.push(...this.readReferences(keyPath, key, value, resourceNames, count))
      else values.set(key.name, [...(values.get(key.name) ?? []), ...this.readTexts(keyPath, key, value)])
    }
    const state = this.readWord(path, data, 'state')
    if (state !== undefined) this.checkState([...path, 'state'], state, declaration)
    const site = this.readWord(path, data, 'context')
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
      ends: declaration.isLink && !existing ? this.readEnds(path, data, resourceNames) : undefined,
      place: this.yaml.positionOf(path, 'key'),
      places: new Map(Object.keys(data).map((key) => [key, this.yaml.positionOf([...path, key])])),
    }
  }

  /** Reads the source and the target of a link; undefined if one of them is missing or invalid. */
  private readEnds(path: Path, data: Readonly<Record<string, unknown>>, resourceNames: readonly string[]) {
    const [source, target] = endKeys.map((key) => {
      if (data[key] === undefined || data[key] === null) {
        this.addProblem(path, `a link needs ${key}`, `Add: ${key}: NAME`)
        return undefined
      }
      return this.readReference([...path, key], { name: key }, data[key], resourceNames)
    })
    return source === undefined || target === undefined ? undefined : { source, target }
  }

  /** Reads the references of a key, which has one or a list of them. `count` is that of the resource with the key. */
  private readReferences(
    path: Path,
    key: KeyDeclaration,
    value: unknown,
    resourceNames: readonly string[],
    count: number | undefined,
  ): readonly Reference[] {
    const entries = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    return entries.flatMap((entry, index) => {
      const entryPath = Array.isArray(value) ? [...path, index] : path
      const reference = this.readReference(entryPath, key, entry, resourceNames)
      if (reference?.on !== undefined && (count === undefined || reference.on > count)) {
        this.addProblem(
          [...entryPath, 'on'],
          `there is no copy number ${reference.on}`,
          `It has count: ${count ?? 'none'}.`,
        )
      }
      return reference ?? []
    })
  }

  /** Reads a reference: `web`, `web[0]`, `data:/dev/vdb`, or a mapping with name, on and detail. */
  private readReference(
    path: Path,
    key: Pick<KeyDeclaration, 'name' | 'linksTo'>,
    value: unknown,
    resourceNames: readonly string[],
  ): Reference | undefined {
    const detailKey = key.linksTo?.detail
    let text = value
    let on: number | undefined
    let detail: Template | undefined
    if (isRecord(value)) {
      const linkKeys = key.linksTo === undefined ? [] : ['on']
      this.checkKeys(
        path,
        value,
        ['name', ...linkKeys, ...(detailKey === undefined ? [] : [detailKey])],
        key.name,
      )
      text = value['name']
      if (value['on'] !== undefined) on = this.readNumber([...path, 'on'], value['on'])
      const detailValue = detailKey === undefined ? undefined : value[detailKey]
      if (detailValue !== undefined) detail = this.readTemplate([...path, detailKey ?? ''], detailValue)
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
    if (!resourceNames.includes(resource)) {
      this.addProblem(
        path,
        `there is no resource "${resource}" in this stack`,
        didYouMean(resource, resourceNames, 'Resources'),
      )
      return undefined
    }
    if (suffix !== undefined) detail = this.readTemplate(path, suffix)
    return {
      key: key.name,
      resource,
      place: this.yaml.positionOf(path),
      ...(index === undefined ? {} : { index: Number(index) }),
      ...(on === undefined ? {} : { on }),
      ...(detail === undefined ? {} : { detail }),
    }
  }

  /** Reads the texts of a key that is not a reference. */
  private readTexts(path: Path, key: KeyDeclaration, value: unknown): readonly Template[] {
    if (key.form === 'mapping' && isRecord(value)) {
      const templates: Template[] = []
      for (const [name, member] of Object.entries(value)) {
        if (member === null) continue
        const memberPath = [...path, name]
        if (name === '' || name.includes('=') || /\s/.test(name)) {
          this.addProblem(
            memberPath,
            `"${excerpt(name)}" cannot be the name of an attribute`,
            undefined,
            'key',
          )
          continue
        }
        const text =
          typeof member === 'object' ? `${name}:=${JSON.stringify(member)}` : `${name}=${String(member)}`
        const template = this.readTemplate(memberPath, text)
        if (template !== undefined) templates.push(template)
      }
      return templates
    }
    if (Array.isArray(value) && key.form !== 'text') {
      return (value as readonly unknown[]).flatMap(
        (entry, index) => this.readTemplate([...path, index], entry) ?? [],
      )
    }
    if (key.form === 'mapping') {
      this.addProblem(path, `${key.name} must be a mapping`, 'For example: { occi.compute.cores: 2 }')
      return []
    }
    const template = this.readTemplate(path, value)
    if (template === undefined) return []
    const { source, parts } = template
    const hasExpressions = parts.some((part) => typeof part !== 'string')
    if (key.choices !== undefined && !hasExpressions && !key.choices.includes(source)) {
      this.addProblem(
        path,
        `${key.name} cannot be "${excerpt(source)}"`,
        didYouMean(source, key.choices, 'It is one of'),
      )
    }
    return [template]
  }

  /** Reads a single value, and checks that its variables have values. */
  private readTemplate(path: Path, value: unknown): Template | undefined {
    if (value === null || value === undefined || typeof value === 'object') {
      this.addProblem(path, 'this must be a single value')
      return undefined
    }
    const template = parseTemplate(String(value), this.yaml.positionOf(path))
    if (isInvalidExpression(template)) {
      this.addProblem(
        path,
        `"\${${template.text}}" is not an expression`,
        `Write \${RESOURCE.ATTRIBUTE}, \${RESOURCE[0].ATTRIBUTE}, \${env.NAME} or \${var.NAME}; $\${ stands for \${ itself.`,
      )
      return undefined
    }
    for (const part of template.parts) {
      const problem =
        typeof part === 'string' || this.values === undefined ? undefined : missingValue(part, this.values)
      if (problem !== undefined) this.addProblem(path, problem.message, problem.hint)
    }
    return template
  }

  private readOutputs(data: unknown): ReadonlyMap<string, Template> {
    const outputs = new Map<string, Template>()
    if (data === undefined || data === null) return outputs
    if (!isRecord(data)) {
      this.addProblem(['outputs'], 'outputs must be a mapping', `For example: address: \${web.ip}`)
      return outputs
    }
    for (const [name, value] of Object.entries(data)) {
      const path = ['outputs', name]
      if (!resourceNamePattern.test(name))
        this.addProblem(path, `"${excerpt(name)}" cannot be the name of an output`, undefined, 'key')
      const template = this.readTemplate(path, value)
      if (template !== undefined) outputs.set(name, template)
    }
    return outputs
  }

  /** The text of a key that cannot contain expressions; undefined if it is absent or invalid. */
  private readWord(path: Path, data: Readonly<Record<string, unknown>>, key: string): string | undefined {
    const value = data[key]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object' || String(value).includes('${') || String(value).trim() === '') {
      this.addProblem([...path, key], `${key} must be a plain word`)
      return undefined
    }
    return String(value)
  }

  private readFlag(path: Path, data: Readonly<Record<string, unknown>>, key: string): boolean {
    const value = data[key] ?? false
    if (typeof value !== 'boolean') this.addProblem([...path, key], `${key} must be true or false`)
    return value === true
  }

  private readNumber(path: Path, value: unknown): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxCopies) return value
    this.addProblem(path, `${String(path.at(-1))} must be a whole number from 1 to ${maxCopies}`)
    return undefined
  }

  private readCount(path: Path, data: Readonly<Record<string, unknown>>): number | undefined {
    const value = data['count']
    return value === undefined || value === null ? undefined : this.readNumber([...path, 'count'], value)
  }

  private checkState(path: Path, state: string, { actions, ready }: KindDeclaration): void {
    const states = [...new Set([ready, ...actions.keys()])]
    if (!states.includes(state))
      this.addProblem(
        path,
        `no action leads to the state "${excerpt(state)}"`,
        didYouMean(state, states, 'States'),
      )
  }

  private checkKeys(
    path: Path,
    data: Readonly<Record<string, unknown>>,
    allowedKeys: readonly string[],
    owner: string,
  ): void {
    for (const key of Object.keys(data)) {
      if (allowedKeys.includes(key)) continue
      this.addProblem(
        [...path, key],
        `"${excerpt(key)}" is not a key of ${owner}`,
        didYouMean(key, allowedKeys, 'Keys'),
        'key',
      )
    }
  }

  private addProblem(path: Path, message: string, hint?: string, part: 'value' | 'key' = 'value'): void {
    const place: YamlPosition = this.yaml.positionOf(path, part)
    this.problems.push({ place, message, ...(hint === undefined ? {} : { hint }) })
  }
}

/** Keys by the names that a file may use. The plural is also a name of a list: `networks` for `network`. */
export function keysByName({ keys }: Pick<KindDeclaration, 'keys'>): ReadonlyMap<string, KeyDeclaration> {
  const byName = new Map<string, KeyDeclaration>()
  for (const key of keys) if (key.form !== 'text') byName.set(`${key.name}s`, key)
  for (const key of keys) byName.set(key.name, key)
  return byName
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
