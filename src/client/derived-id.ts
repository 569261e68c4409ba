/**
 * Ids that are derived from a name, so that two programs that create the same thing at the same time create
 * one.
 */
import type { TypeId } from '../model/index.js'

/** RFC 9562, appendix A. */
const urlNamespace = '6ba7b8119dad11d180b400c04fd430c8'

/** A UUID of version 5 (RFC 9562 §5.5) over the endpoint, the kind and the name. */
export async function derivedId(endpoint: string, kind: TypeId, name: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  const bytes = createHash('sha1')
    .update(Buffer.from(urlNamespace, 'hex'))
    .update(`${endpoint}\n${kind}\n${name}`)
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
