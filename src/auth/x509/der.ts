/** Reads the parts of DER that are needed for certificate extensions, which Node does not expose. */

/** A DER value: tag, length and content. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  /** The whole value, including its tag and length. */
  readonly encoded: Uint8Array
}

/** Returns the values in constructed content, in order. Stops at the first malformed value; never throws. */
export function derValues(content: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = []
  let position = 0
  while (position + 2 <= content.length) {
    const tag = content[position] ?? 0
    let length = content[position + 1] ?? 0
    let start = position + 2
    if (length > 0x80) {
      const lengthBytes = length - 0x80
      if (lengthBytes > 4) break
      length = 0
      for (let index = 0; index < lengthBytes; index += 1)
        length = length * 256 + (content[start + index] ?? 0)
      start += lengthBytes
    } else if (length === 0x80) {
      break
    }
    if (start + length > content.length) break
    const end = start + length
    values.push({ tag, content: content.subarray(start, end), encoded: content.subarray(position, end) })
    position = end
  }
  return values
}

/** Returns the value of the extension with this OID (in hex, as encoded in DER) from a certificate in DER. */
export function extensionValue(certificate: Uint8Array, oid: string): Uint8Array | undefined {
  const tbsCertificate = derValues(derValues(certificate)[0]?.content ?? empty)[0]
  const extensions = derValues(tbsCertificate?.content ?? empty).find(({ tag }) => tag === 0xa3)
  for (const entry of derValues(derValues(extensions?.content ?? empty)[0]?.content ?? empty)) {
    const parts = derValues(entry.content)
    if (Buffer.from(parts[0]?.content ?? empty).toString('hex') === oid) return parts.at(-1)?.content
  }
  return undefined
}

/** Returns the values in a constructed value, in order; none for a primitive value. */
export function derChildren(value: DerValue | undefined): readonly DerValue[] {
  return value === undefined || (value.tag & 0x20) === 0 ? [] : derValues(value.content)
}

/** Reads a UTCTime or GeneralizedTime in the form that certificates use (RFC 5280 §4.1.2.5). */
export function derTime(value: DerValue | undefined): Date | undefined {
  if (value?.tag !== 0x17 && value?.tag !== 0x18) return undefined
  const match = /^(\d{2})?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{1,9})?Z$/.exec(
    Buffer.from(value.content).toString('latin1'),
  )
  if (match === null || (value.tag === 0x18) !== (match[1] !== undefined)) return undefined
  const [, century, year, month, day, hour, minute, second] = match
  const fullCentury = century ?? (Number(year) < 50 ? '20' : '19')
  const time = new Date(`${fullCentury}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}

/** Returns the content in hex; empty for a missing value. */
export function derHex(value: DerValue | undefined): string {
  return Buffer.from(value?.content ?? empty).toString('hex')
}

/** Yields all primitive values in the tree, in order of appearance. Values inside OCTET STRINGs are not decoded. */
export function* primitives(content: Uint8Array, depth = 0): Generator<DerValue> {
  if (depth > 20) return
  for (const value of derValues(content)) {
    if ((value.tag & 0x20) !== 0) yield* primitives(value.content, depth + 1)
    else yield value
  }
}

const empty = new Uint8Array()
