/**
 * Reads PEM files as they occur: blocks in any order, with `Bag Attributes` and other text in between. Linear
 * time.
 */

interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, `RSA PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` … */
  readonly label: string
  /** The block, including its BEGIN and END lines. */
  readonly text: string
}

/** The maximum number of blocks that are read; a bundle of all public CAs has a few hundred. */
const blockLimit = 5000

export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let position = 0
  while (blocks.length < blockLimit) {
    const begin = text.indexOf('-----BEGIN ', position)
    if (begin === -1) break
    const labelEnd = text.indexOf('-----', begin + 11)
    if (labelEnd === -1) break
    const label = text.slice(begin + 11, labelEnd)
    const end = `-----END ${label}-----`
    const stop = text.indexOf(end, labelEnd)
    // The block has no end, so the text after it cannot be separated from its content.
    if (stop === -1) break
    blocks.push({ label, text: `${text.slice(begin, stop + end.length)}\n` })
    position = stop + end.length
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

export function keyIn(text: string): PemBlock | undefined {
  return pemBlocks(text).find(({ label }) => label.endsWith('PRIVATE KEY'))
}

/** PKCS#8 marks encryption in the label, the older format in a header (RFC 1421 §4.6.1). */
export function isEncrypted(key: PemBlock): boolean {
  return (
    key.label === 'ENCRYPTED PRIVATE KEY' ||
    /Proc-Type:\s{0,4}4,\s{0,4}ENCRYPTED/.test(key.text.slice(0, 300))
  )
}
