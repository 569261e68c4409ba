/**
 * Reads YAML from untrusted files. The package `yaml` recurses into nested nodes, which ends the process
 * when the stack is used up while a regular expression is compiled, compares all keys of a mapping with each other,
 * and collects errors without end: all this is bounded here.
 */

/** Why a text cannot be read as YAML. It does not quote the text, which may hold a password. */
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
  /** What a key means that a mapping has twice. openstacksdk takes the last one. */
  readonly repeatedKeys: 'refuse' | 'last one counts'
}

/** Open nodes: a mapping within a mapping takes two. */
const deepest = 100
/** Words, marks, blanks and line ends. A line `name: value` has seven. */
const longest = 100_000
/** Many aliases are a bomb: each may stand for many others. */
const mostAliases = 100

/** A place in a text; both count from 1. */
export interface YamlPlace {
  readonly line: number
  readonly column: number
}

export interface YamlText {
  /** Plain data. */
  readonly data: unknown
  /**
   * Where a value begins, by the keys and indexes that lead to it; for `key`, where the last key of them begins. What
   * an alias stands for has the place of the alias.
   */
  placeOf(path: readonly (string | number)[], of?: 'value' | 'key'): YamlPlace
}

/** Plain data. Throws UnreadableYamlError. */
export async function parseYaml(text: string, rules: YamlRules): Promise<unknown> {
  return (await readYaml(text, rules)).data
}

/** Data with the place of each part, for messages. Throws UnreadableYamlError. */
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
        // Keys within keys (`? ? ? …`) keep the package busy for seconds when it names them.
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
      data: document.toJS({ maxAliasCount: mostAliases }) as unknown,
      placeOf: (path, of = 'value') => placeAt(offsetOf(yaml, document.contents, path, of)),
    }
  } catch (error) {
    const many = error instanceof ReferenceError && error.message.startsWith('Excessive')
    throw new UnreadableYamlError(many ? 'too many aliases' : 'alias of nothing')
  }
}

/** The offset of the last node on the path that the text has. */
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

/** Looks at words and open nodes alone, without recursion and up to the first fault. */
function checkSize(text: string, { Lexer, Parser }: typeof import('yaml')): void {
  const parser = new Parser()
  let line = 1
  let count = 0
  for (const word of new Lexer().lex(text)) {
    for (const { type } of parser.next(word)) {
      if (type === 'error') throw new UnreadableYamlError('syntax', line)
    }
    if (parser.stack.length > deepest) throw new UnreadableYamlError('too deep', line)
    count += 1
    if (count > longest) throw new UnreadableYamlError('too long', line)
    if (word.includes('\n')) line += word.split('\n').length - 1
  }
}
