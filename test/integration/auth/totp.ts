import { createHmac } from 'node:crypto'

/** The code of RFC 6238 for a Base32 secret; `step` counts half minutes. */
export function totp(secret: string, step = Math.floor(Date.now() / 30_000)): string {
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const moving = Buffer.alloc(8)
  moving.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', key).update(moving).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
