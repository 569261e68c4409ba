/**
 * Reads YAML from untrusted files, within limits. The package `yaml` recurses into nested nodes (which crashes the
 * process if the stack overflows while a regular expression is compiled), compares all keys of a mapping with each
 * other, and collects errors without limit.
 */

/** A text that cannot be read as YAML. The error does not quote the text, which may contain a password. */
export class UnreadableYamlError extends Error {
  constructor(
    readonly reason:
      | 'syntax'
      | 'key is not plain text'
      | 'too deep'
      | 'too long'
      | 'too many aliases'
      | 'alias of nothing',
    readonly line?: number,
    readonly column?: number,
  ) {
    super(reason)
    this.name = 'UnreadableYamlError'
  }
}

interface YamlRules {
  /** How repeated keys in a mapping are treated: refused, or the last value is used, as openstacksdk does. */
  readonly repeatedKeys: 'refuse' | 'last'
}

/** Nested parser nodes: a mapping within a mapping takes two. */
const maxDepth = 100
/** Lexer tokens, which include white space and line ends. A line `name: value` has seven. */
const maxTokens = 100_000
/** Limits alias bombs, in which each alias refers to several others. */
const maxAliases = 100

/** A place in a text; both count from 1. */
export interface YamlPlace {
  readonly line: number
  readonly column: number
}

export interface YamlText {
  /** Plain data. */
  readonly data: unknown
  /**
   * Where the value at a path of keys and indexes begins; with `key`, where the last key of the path begins. A value
   * inside an alias has the place of the alias.
   */
  placeOf(path: readonly (string | number)[], of?: 'value' | 'key'): YamlPlace
}

/** Parses a text to plain data. Throws UnreadableYamlError. */
export async function parseYaml(text: string, rules: YamlRules): Promise<unknown> {
  return (await readYaml(text, rules)).data
}

/** Parses a text to plain data with the place of each value, for messages. Throws UnreadableYamlError. */
export async function readYaml(text: string, { repeatedKeys }: YamlRules): Promise<YamlText> {
  const yaml = await import('yaml')
  checkSize(text, yaml)
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: false,
  })
  const unreadable = (offset: number, reason: UnreadableYamlError['reason'] = 'syntax') => {
    const { line, col } = lines.linePos(offset)
    return new UnreadableYamlError(reason, line, col)
  }
  const [error] = document.errors
  if (error !== undefined) throw unreadable(error.pos[0])
  yaml.visit(document, {
    Map: (_, { items }) => {
      const known = new Set<unknown>()
      for (const { key } of items) {
        if (key === null) continue
        // Converting nested keys (`? ? ? …`) to names takes the package seconds.
        if (!yaml.isScalar(key)) throw new UnreadableYamlError('key is not plain text')
        if (repeatedKeys === 'refuse' && known.has(key.value)) throw unreadable(key.range?.[0] ?? 0)
        known.add(key.value)
      }
    },
  })
  const placeAt = (offset: number): YamlPlace => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  try {
    return {
      data: document.toJS({ maxAliasCount: maxAliases }) as unknown,
      placeOf: (path, of = 'value') => placeAt(offsetOf(yaml, document.contents, path, of)),
    }
  } catch (error) {
    const many = error instanceof ReferenceError && error.message.startsWith('Excessive')
    throw new UnreadableYamlError(many ? 'too many aliases' : 'alias of nothing')
  }
}

/** The offset of the node at a path, or of its nearest existing ancestor. */
function offsetOf(
  { isMap, isScalar, isSeq }: typeof import('yaml'),
  contents: unknown,
  path: readonly (string | number)[],
  of: 'value' | 'key',
): number {
  const startOf = (found: unknown, before: number) =>
    (found as { readonly range?: readonly number[] | null } | null)?.range?.[0] ?? before
  let node = contents
  let offset = startOf(node, 0)
  for (const [at, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      offset = startOf(pair.key, offset)
      node = pair.value
      if (of === 'key' && at === path.length - 1) break
    } else if (isSeq(node)) node = node.items[Number(step)]
    else break
    offset = startOf(node, offset)
  }
  return offset
}

/** Throws for a text that is too long, too deep or malformed. Looks only at tokens and the parser's stack, without recursion. */
function checkSize(text: string, { Lexer, Parser }: typeof import('yaml')): void {
  const parser = new Parser()
  let line = 1
  let count = 0
  for (const token of new Lexer().lex(text)) {
    for (const { type } of parser.next(token)) {
      if (type === 'error') throw new UnreadableYamlError('syntax', line)
    }
    if (parser.stack.length > maxDepth) throw new UnreadableYamlError('too deep', line)
    count += 1
    if (count > maxTokens) throw new UnreadableYamlError('too long', line)
    if (token.includes('\n')) line += token.split('\n').length - 1
  }
}
