/** Combines several files of user data into one MIME multipart message, which cloud-init reads. */
import { Buffer } from 'node:buffer'

/** One file of user data. */
export interface Piece {
  /** File name without folders. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** Combines the files. A single file is returned unchanged. The same files always give the same bytes. */
export function userDataOf(pieces: readonly Piece[]): Uint8Array {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only.bytes
  const parts = pieces.map(partOf)
  const boundary = unusedBoundary(parts)
  const body = parts.map((part) => `--${boundary}\n${part}\n`).join('')
  return Buffer.from(
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${body}--${boundary}--\n`,
  )
}

/** Content types by the beginning of the file, as in cloud-init. */
const contentTypes: readonly (readonly [start: string, type: string])[] = [
  ['#!', 'text/x-shellscript'],
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config', 'text/cloud-config'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#include-once', 'text/x-include-once-url'],
  ['#include', 'text/x-include-url'],
  ['#part-handler', 'text/part-handler'],
  ['## template: jinja', 'text/jinja2'],
]

function partOf({ name, bytes }: Piece): string {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString('latin1')
  // A MIME message already has the form of a part.
  if (/^(content-type|mime-version):/i.test(text.slice(0, 20)) && isPlain(buffer)) return text
  const plain = isPlain(buffer)
  return [
    `Content-Type: ${contentTypeOf(text, plain)}`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    `Content-Disposition: attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`,
    '',
    plain ? text : wrapped(buffer.toString('base64')),
  ].join('\n')
}

function contentTypeOf(text: string, plain: boolean): string {
  const type = contentTypes.find(([start]) => text.startsWith(start))?.[1]
  if (plain) return `${type ?? 'text/plain'}; charset="us-ascii"`
  return type === undefined ? 'application/octet-stream' : `${type}; charset="utf-8"`
}

/** Whether the bytes are 7bit data (RFC 2045 §2.7: ASCII, lines of at most 998 characters) without CR. */
function isPlain(buffer: Buffer): boolean {
  let length = 0
  for (const byte of buffer) {
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x09)) return false
    length = byte === 0x0a ? 0 : length + 1
    if (length > 998) return false
  }
  return true
}

/** Base64 in lines of 76 characters (RFC 2045 §6.8). */
function wrapped(base64: string): string {
  const lines: string[] = []
  for (let start = 0; start < base64.length; start += 76) lines.push(base64.slice(start, start + 76))
  return lines.join('\n')
}

/** A boundary that no part contains. */
function unusedBoundary(parts: readonly string[]): string {
  for (let number = 0; ; number += 1) {
    const boundary = `===============occi${number === 0 ? '' : number}==`
    if (!parts.some((part) => part.includes(boundary))) return boundary
  }
}
