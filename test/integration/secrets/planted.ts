/** What is planted, and how it is found again in whatever form. */

/** In every planted secret; so one search finds them all. */
const core = 'Pl4nt3d'

/** A secret that nobody has by chance; `more` is for characters that forms and URLs encode. */
export function planted(name: string, more = ''): string {
  return `${core}${name}${more}`
}

interface Form {
  readonly how: string
  readonly text: string
}

/** As it is (and so within percent-encoding and JSON), in hexadecimal, and in base64 at each alignment. */
const forms: readonly Form[] = [
  { how: 'plain', text: core },
  { how: 'hexadecimal', text: Buffer.from(core).toString('hex') },
  ...[0, 1, 2].map((shift) => ({ how: `base64 at ${shift}`, text: inBase64(shift) })),
]

/** The characters that depend on the core alone. */
function inBase64(shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(core)])
  const from = Math.ceil((shift * 8) / 6)
  const to = Math.floor((bytes.length * 8) / 6)
  return bytes.toString('base64').slice(from, to)
}

/** How and where planted secrets stand in a text. */
export function sightings(text: string): readonly string[] {
  return forms.flatMap(({ how, text: form }) => {
    const at = text.indexOf(form)
    if (at < 0) return []
    return [`${how}: …${text.slice(Math.max(0, at - 60), at + 60).replaceAll('\n', '⏎')}…`]
  })
}
