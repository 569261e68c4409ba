/** Typed access to the members of JSON objects. A member of the wrong type is recorded as a deviation. */
import type { AttributeValue } from '../../model/index.js'
import type { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode } from '../types.js'
import { JsonArray, type JsonNode, JsonNumber, JsonObject, type Origin, placeIn } from './parse.js'

/** Reads members of one JSON text, and reports deviations with their places in it. */
export class JsonReader {
  constructor(
    private readonly text: string,
    readonly diagnostics: Diagnostics,
    private readonly origin?: Origin,
  ) {}

  fail(parseCode: ParseErrorCode, message: string, node: JsonNode | undefined): never {
    throw new ParseError(parseCode, message, placeIn(this.text, indexOf(node), this.origin))
  }

  tolerate(code: string, parseCode: ParseErrorCode, message: string, node: JsonNode | undefined): void {
    this.diagnostics.tolerate(code, parseCode, message, () => placeIn(this.text, indexOf(node), this.origin))
  }

  /** Tolerates a deviation because of which a part of the message is missing from the result. */
  tolerateIncomplete(
    code: string,
    parseCode: ParseErrorCode,
    message: string,
    node: JsonNode | undefined,
  ): void {
    this.diagnostics.tolerateIncomplete(code, parseCode, message, () =>
      placeIn(this.text, indexOf(node), this.origin),
    )
  }

  /**
   * Returns a member that is a string; undefined if it is absent. A number is converted to text (ids of snf-occi). An
   * empty list counts as absent, because erocci writes an empty string so (E22).
   */
  string(object: JsonObject, name: string): string | undefined {
    const node = object.members.get(name)
    if (node === undefined || typeof node === 'string') return node
    if (node === null) return undefined
    if (node instanceof JsonArray && node.items.length === 0) {
      this.tolerate('list-for-string', 'E_TYPE', `The member ${name} is an empty list, not a string`, object)
      return undefined
    }
    const text = node instanceof JsonNumber ? (node.lexeme ?? String(node.value)) : undefined
    const message = `The member ${name} is not a string`
    if (text === undefined) this.tolerateIncomplete('wrong-type', 'E_TYPE', message, object)
    else this.tolerate('wrong-type', 'E_TYPE', message, object)
    return text
  }

  /** Returns the strings of a member that is a list of strings, or a single string (erocci). */
  strings(object: JsonObject, name: string): string[] {
    const node = object.members.get(name)
    if (node === undefined || node === null) return []
    if (typeof node === 'string') {
      this.tolerate('string-for-list', 'E_TYPE', `The member ${name} is a string instead of a list`, object)
      return [node]
    }
    if (!(node instanceof JsonArray)) {
      this.tolerateIncomplete('wrong-type', 'E_TYPE', `The member ${name} is not a list`, object)
      return []
    }
    const strings: string[] = []
    for (const item of node.items) {
      if (typeof item === 'string') strings.push(item)
      else
        this.tolerateIncomplete(
          'wrong-type',
          'E_TYPE',
          `The member ${name} holds something that is not a string`,
          node,
        )
    }
    return strings
  }

  /** Returns the items of a member that is a list. */
  items(object: JsonObject, name: string): readonly JsonNode[] {
    const node = object.members.get(name)
    if (node === undefined || node === null) return []
    if (node instanceof JsonArray) return node.items
    this.tolerateIncomplete('wrong-type', 'E_TYPE', `The member ${name} is not a list`, object)
    return []
  }

  /** Converts a node to an attribute value; undefined for null. Throws for a member `__proto__` at any depth. */
  value(node: JsonNode, name: string): AttributeValue | undefined {
    if (node === null) {
      this.tolerate('null-value', 'E_TYPE', `The value of ${name} is null`, undefined)
      return undefined
    }
    if (node instanceof JsonNumber) return node.value
    if (node instanceof JsonArray) {
      const items: AttributeValue[] = []
      for (const item of node.items) {
        const value = this.value(item, name)
        if (value !== undefined) items.push(value)
      }
      return items
    }
    if (node instanceof JsonObject) {
      const record: Record<string, AttributeValue> = {}
      for (const [key, member] of node.members) {
        if (key === '__proto__') this.fail('E_ATTR_NAME', '"__proto__" is not a name', node)
        const value = this.value(member, `${name}.${key}`)
        if (value !== undefined) record[key] = value
      }
      return record
    }
    return node
  }
}

function indexOf(node: JsonNode | undefined): number {
  return node instanceof JsonObject || node instanceof JsonArray ? node.index : 0
}
