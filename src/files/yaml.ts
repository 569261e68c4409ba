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
      | 'key is no plain text'
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

export interface YamlRules {
  /** What a key means that a mapping has twice. openstacksdk takes the last one. */
  readonly repeatedKeys: 'refuse' | 'last one counts'
}

/** Open nodes: a mapping within a mapping takes two. */
const deepest = 100
/** Words, marks, blanks and line ends. A line `name: value` has seven. */
const longest = 100_000
/** Many aliases are a bomb: each may stand for many others. */
const mostAliases = 100

/** Plain data. Throws UnreadableYamlError. */
export async function parseYaml(text: string, { repeatedKeys }: YamlRules): Promise<unknown> {
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
        if (!yaml.isScalar(key)) throw new UnreadableYamlError('key is no plain text')
        if (repeatedKeys === 'refuse' && known.has(key.value)) throw unreadable(key.range?.[0] ?? 0)
        known.add(key.value)
      }
    },
  })
  try {
    return document.toJS({ maxAliasCount: mostAliases })
  } catch (error) {
    const many = error instanceof ReferenceError && error.message.startsWith('Excessive')
    throw new UnreadableYamlError(many ? 'too many aliases' : 'alias of nothing')
  }
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
