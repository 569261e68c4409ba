/** Reads just enough DER to see the certificate extensions that Node does not expose. */

export interface Der {
  readonly tag: number
  readonly content: Uint8Array
  /** With tag and length. */
  readonly whole: Uint8Array
}

/** The values in constructed content, in order. Stops at the first malformed value; never throws. */
export function derValues(content: Uint8Array): readonly Der[] {
  const values: Der[] = []
  let position = 0
  while (position + 2 <= content.length) {
    const tag = content[position] ?? 0
    let length = content[position + 1] ?? 0
    let start = position + 2
    if (length > 0x80) {
      const bytes = length - 0x80
      if (bytes > 4) break
      length = 0
      for (let index = 0; index < bytes; index += 1) length = length * 256 + (content[start + index] ?? 0)
      start += bytes
    } else if (length === 0x80) {
      break
    }
    if (start + length > content.length) break
    const end = start + length
    values.push({ tag, content: content.subarray(start, end), whole: content.subarray(position, end) })
    position = end
  }
  return values
}

/** The extension's value by its OID (as hex of the OID's content), of a certificate in DER. */
export function extension(certificate: Uint8Array, oid: string): Uint8Array | undefined {
  const tbs = derValues(derValues(certificate)[0]?.content ?? empty)[0]
  const list = derValues(tbs?.content ?? empty).find(({ tag }) => tag === 0xa3)
  for (const entry of derValues(derValues(list?.content ?? empty)[0]?.content ?? empty)) {
    const parts = derValues(entry.content)
    if (Buffer.from(parts[0]?.content ?? empty).toString('hex') === oid) return parts.at(-1)?.content
  }
  return undefined
}

/** The values in a constructed value, in order; none in a primitive one. */
export function derChildren(value: Der | undefined): readonly Der[] {
  return value === undefined || (value.tag & 0x20) === 0 ? [] : derValues(value.content)
}

/** A UTCTime or GeneralizedTime in the form that certificates use (RFC 5280 §4.1.2.5). */
export function derTime(value: Der | undefined): Date | undefined {
  if (value?.tag !== 0x17 && value?.tag !== 0x18) return undefined
  const found = /^(\d{2})?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{1,9})?Z$/.exec(
    Buffer.from(value.content).toString('latin1'),
  )
  if (found === null || (value.tag === 0x18) !== (found[1] !== undefined)) return undefined
  const [, century, year, month, day, hour, minute, second] = found
  const first = century ?? (Number(year) < 50 ? '20' : '19')
  const time = new Date(`${first}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}

export function derHex(value: Der | undefined): string {
  return Buffer.from(value?.content ?? empty).toString('hex')
}

/** All primitive values in the tree, in order of appearance. OCTET STRINGs are not opened. */
export function* primitives(content: Uint8Array, depth = 0): Generator<Der> {
  if (depth > 20) return
  for (const value of derValues(content)) {
    if ((value.tag & 0x20) !== 0) yield* primitives(value.content, depth + 1)
    else yield value
  }
}

const empty = new Uint8Array()
