/**
 * Reads YAML from untrusted files, within limits that the package `yaml` lacks: it recurses into nested nodes (a stack
 * overflow in a regular expression crashes the process), compares all keys of a mapping with each other, and collects
 * errors without limit.
 */

/** Says that a text cannot be read as YAML. Does not quote the text, which may contain a password. */
export class UnreadableYamlError extends Error {
  constructor(
    readonly reason:
      | 'syntax'
      | 'repeated key'
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
  /** Whether repeated keys in a mapping are an error, or the last value is used (as openstacksdk does). */
  readonly repeatedKeys: 'refuse' | 'last'
}

/** The largest number of nested parser nodes. A mapping within a mapping takes two. */
const maxDepth = 100
/** The largest number of tokens, including white space and line ends. A line `name: value` has seven. */
const maxTokens = 100_000
/** The largest number of resolved aliases. Prevents "alias bombs", in which each alias refers to several others. */
const maxAliases = 100

/** A position in a text. Line and column count from 1. */
export interface YamlPosition {
  readonly line: number
  readonly column: number
}

/** A parsed YAML text. */
export interface YamlText {
  readonly data: unknown
  /**
   * Returns the beginning of the value at a path of keys and indexes; with `key`, the beginning of the last key of the
   * path. For a value inside an alias, that is the position of the alias.
   */
  positionOf(path: readonly (string | number)[], of?: 'value' | 'key'): YamlPosition
}

/** Parses a text. Throws UnreadableYamlError. */
export async function parseYaml(text: string, rules: YamlRules): Promise<unknown> {
  return (await readYaml(text, rules)).data
}

/** Parses a text and keeps the position of each value, for messages. Throws UnreadableYamlError. */
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
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (key === null) continue
        // The package takes seconds to convert nested keys (`? ? ? …`) to names.
        if (!yaml.isScalar(key)) throw new UnreadableYamlError('key is not plain text')
        if (repeatedKeys === 'refuse' && keys.has(key.value))
          throw unreadable(key.range?.[0] ?? 0, 'repeated key')
        keys.add(key.value)
      }
    },
  })
  const positionAt = (offset: number): YamlPosition => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  try {
    return {
      data: document.toJS({ maxAliasCount: maxAliases }) as unknown,
      positionOf: (path, of = 'value') => positionAt(offsetOf(yaml, document.contents, path, of)),
    }
  } catch (error) {
    const isTooMany = error instanceof ReferenceError && error.message.startsWith('Excessive')
    throw new UnreadableYamlError(isTooMany ? 'too many aliases' : 'alias of nothing')
  }
}

/** Returns the offset of the node at a path, or of its nearest existing ancestor. */
function offsetOf(
  { isMap, isScalar, isSeq }: typeof import('yaml'),
  contents: unknown,
  path: readonly (string | number)[],
  of: 'value' | 'key',
): number {
  const startOf = (child: unknown, fallback: number) =>
    (child as { readonly range?: readonly number[] | null } | null)?.range?.[0] ?? fallback
  let node = contents
  let offset = startOf(node, 0)
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      offset = startOf(pair.key, offset)
      node = pair.value
      if (of === 'key' && index === path.length - 1) break
    } else if (isSeq(node)) node = node.items[Number(step)]
    else break
    offset = startOf(node, offset)
  }
  return offset
}

/**
 * Throws for a text that is too long, too deep or malformed. Does not recurse: it looks only at tokens and at the stack
 * of the parser.
 */
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
