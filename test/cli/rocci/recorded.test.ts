import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'
import { elsewhere, intended } from './intended.js'
import { type Exchange, replay } from './replay.js'

/** Every command line that rOCCI-cli 4.3.10 was run with against a server, with what it printed. */
interface Recorded {
  readonly name: string
  readonly argv: readonly string[]
  readonly tty: boolean
  readonly exit: number
  readonly stdout: string
  readonly exchanges: readonly (Omit<Exchange, 'body'> & { readonly body: number | null })[]
}

const file = join(import.meta.dirname, '../../fixtures/rocci/commands.json')
const { bodies, commands } = JSON.parse(readFileSync(file, 'utf8')) as {
  bodies: string[]
  commands: Recorded[]
}
const talking = commands.filter(({ name, exchanges }) => exchanges.length > 0 && !(name in elsewhere))

const counts = { same: 0, intended: 0, other: 0 }

async function run(command: Recorded): Promise<{ status: number; out: string; err: string }> {
  const recordedOrigin = originOf(command.argv)
  const exchanges = command.exchanges.map((exchange) => ({
    ...exchange,
    body: exchange.body === null ? '' : (bodies[exchange.body] ?? ''),
  }))
  const provider = await replay(exchanges, recordedOrigin)
  const own = (text: string): string => text.replaceAll(recordedOrigin, provider.origin)
  const result = await machine().occi(command.argv.slice(1).map(own))
  await provider.close()
  const back = (text: string): string => text.replaceAll(provider.origin, recordedOrigin)
  return { status: result.status, out: back(result.out), err: back(result.err) }
}

function originOf(argv: readonly string[]): string {
  const endpoint = argv[argv.indexOf('-e') + 1] ?? ''
  return new URL(endpoint).origin
}

describe("rOCCI-cli's recorded commands", () => {
  it.each(talking.map((command) => [command.name, command] as const))(
    'the recorded command %s prints the same, or differs for a listed reason',
    async (name, command) => {
      const { status, out, err } = await run(command)
      const same = status === command.exit && out === command.stdout
      const reason = intended[name]
      if (same) counts.same++
      else if (reason !== undefined) counts.intended++
      else counts.other++
      if (reason === undefined)
        expect({ status, out, err: same ? '' : err }).toEqual({
          status: command.exit,
          out: command.stdout,
          err: '',
        })
      // A difference that has gone must leave the table too.
      else expect(same, `${name} no longer differs: "${reason}"`).toBe(false)
    },
  )

  afterAll(() => {
    process.stdout.write(
      `rOCCI: ${talking.length} recorded commands: ${counts.same} the same, ${counts.intended} intended, ${counts.other} other; ${Object.keys(elsewhere).length} need TLS and are tested elsewhere\n`,
    )
  })

  it('the table of differences names only recorded commands', () => {
    const names = new Set(commands.map(({ name }) => name))
    expect([...Object.keys(intended), ...Object.keys(elsewhere)].filter((name) => !names.has(name))).toEqual(
      [],
    )
  })
})
