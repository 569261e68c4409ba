import { type Check, ok, skipped } from './check.js'

/** The server that was recognised, and what is done differently for it. */
export const software: Check = {
  name: 'software',
  doing: 'Recognising the server',
  async run({ report }) {
    if (report === undefined) return [skipped('there is no answer')]
    const { title, name, recognisedBy, quirks, server, versions } = report
    return [
      ok(
        `${title} (--provider ${name}), recognised by ${recognisedBy}; ${server ?? 'no Server header'}; OCCI ${versions.join(', ') || 'version unknown'}; ${quirks.length} quirks in force`,
        quirks.map((quirk) => `${quirk.name}: ${quirk.why}`),
      ),
    ]
  },
}
