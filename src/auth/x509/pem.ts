/** Reads PEM files: blocks in any order, with `Bag Attributes` and other text between them. */

interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, `RSA PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` … */
  readonly label: string
  /** The block, including its BEGIN and END lines. */
  readonly text: string
}

/** The maximum number of blocks that are read; a bundle of all public CAs has a few hundred. */
const blockLimit = 5000

const beginMark = '-----BEGIN '

/** Returns the complete blocks in order. Takes linear time. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let position = 0
  while (blocks.length < blockLimit) {
    const blockStart = text.indexOf(beginMark, position)
    if (blockStart === -1) break
    const labelStart = blockStart + beginMark.length
    const labelEnd = text.indexOf('-----', labelStart)
    if (labelEnd === -1) break
    const label = text.slice(labelStart, labelEnd)
    const endLine = `-----END ${label}-----`
    const endLineStart = text.indexOf(endLine, labelEnd)
    // The block has no end, so the text after it cannot be separated from its content.
    if (endLineStart === -1) break
    blocks.push({ label, text: `${text.slice(blockStart, endLineStart + endLine.length)}\n` })
    position = endLineStart + endLine.length
  }
  return blocks
}

export function certificatesIn(text: string): readonly string[] {
  return pemBlocks(text)
    .filter(
      ({ label }) =>
        label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE',
    )
    .map((block) => block.text)
}

export function privateKeyIn(text: string): PemBlock | undefined {
  return pemBlocks(text).find(({ label }) => label.endsWith('PRIVATE KEY'))
}

/** Whether a key is encrypted. PKCS#8 says so in the label, the older format in a header (RFC 1421 §4.6.1). */
export function isEncrypted(key: PemBlock): boolean {
  return (
    key.label === 'ENCRYPTED PRIVATE KEY' ||
    /Proc-Type:\s{0,4}4,\s{0,4}ENCRYPTED/.test(key.text.slice(0, 300))
  )
}
