import { type Check, ok, skipped } from './check.js'

/** The server that was recognised, and what is done differently for it. */
export const software: Check = {
  name: 'software',
  doing: 'Recognising the server',
  async run({ report }) {
    if (report === undefined) return [skipped('there is no answer')]
    const { title, name, recognisedBy, quirks, server, versions } = report
    const header = server === undefined ? 'no Server header' : `Server: ${server}`
    const parts = [
      `${title} (--provider ${name})`,
      `recognised by ${recognisedBy}`,
      ...(recognisedBy.includes(header) ? [] : [header]),
      `OCCI ${versions.join(', ') || 'version unknown'}`,
      `quirks in force: ${quirks.length}`,
    ]
    return [
      ok(
        parts.join('; '),
        quirks.map((quirk) => `${quirk.name}: ${quirk.why}`),
      ),
    ]
  },
}
