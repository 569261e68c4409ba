import { type Check, ok, skipped } from './check.js'

/** The recognised server, and the quirks that are active for it. */
export const software: Check = {
  name: 'software',
  progress: 'Recognising the server',
  async run({ report }) {
    if (report === undefined) return [skipped('the model could not be read')]
    const { title, name, recognisedBy, quirks, server, versions } = report
    const header = server === undefined ? 'no Server header' : `Server: ${server}`
    const parts = [
      `${title} (--provider ${name})`,
      `recognised by ${recognisedBy}`,
      ...(recognisedBy.includes(header) ? [] : [header]),
      `OCCI ${versions.join(', ') || 'version unknown'}`,
      `active quirks: ${quirks.length}`,
    ]
    return [
      ok(
        parts.join('; '),
        quirks.map((quirk) => `${quirk.name}: ${quirk.why}`),
      ),
    ]
  },
}
