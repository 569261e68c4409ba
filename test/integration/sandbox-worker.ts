/** A process of its own that uses a state file: bundled and started by processes.test.ts. */
import { writeSync } from 'node:fs'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'

const [job = '', state = '', label = '', count = '0'] = process.argv.slice(2)
const { sandbox } = openSandbox({ state, clock: Date.now })

const headers = [
  ['Host', 'sandbox'],
  ['Content-Type', 'text/plain'],
] as const

async function ask(method: string, target: string, body: string) {
  return sandbox.handle({ method, target, headers, body })
}

function network(title: string): string {
  return `Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\r\nX-OCCI-Attribute: occi.core.title="${title}"\r\n`
}

const jobs: Readonly<Record<string, () => Promise<void>>> = {
  /** Creates, and tells each location once it is acknowledged. */
  create: async () => {
    for (let number = 0; number < Number(count); number += 1) {
      const { status, headers } = await ask('POST', '/network/', network(`${label}-${number}`))
      const location = headers.find(([name]) => name === 'Location')?.[1]
      if (status !== 201 || location === undefined) throw new Error(`status ${status}`)
      writeSync(1, `${new URL(location).pathname}\n`)
    }
  },
  serve: async () => {
    const { endpoint } = await serveSandbox(sandbox)
    writeSync(1, `${endpoint}\n`)
    await new Promise(() => {})
  },
}

await jobs[job]?.()
