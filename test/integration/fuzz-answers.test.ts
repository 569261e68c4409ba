/** Providers that answer nonsense, all the way through the command line: told in words, and shown harmlessly. */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { exitMeanings } from '../../src/cli/errors/exit-codes.js'
import { machine } from '../cli/support/harness.js'
import { faultProxy } from '../support/fault-proxy.js'
import { generator, mutate } from '../support/mutation.js'
import { type Cloud, furnished } from './faults/verbs.js'

const commands = [
  'compute list',
  'compute list -o wide',
  'compute list -o json',
  'compute list -o yaml',
  'compute list -o csv',
  'compute list -o text/plain',
  'compute describe web',
  'compute describe web -o env',
  'compute create new --cores 2',
  'compute update web --title renamed',
  'compute stop web',
  'compute delete web --yes',
  'storage list',
  'mixin list',
  'model list -o json',
  'mixin members tagged',
  'network list --media-type text/plain',
  'compute list --media-type text/occi',
]
const pieces = [
  '\u001b[2J',
  '\u009b1m',
  '\u202e',
  '\\ud800',
  '\\u001b[31m',
  '"links":[{}],',
  '"id":"\\ud800",',
  '"location":"//evil/"',
  '"attributes":{"a":{"b":{"c":[1]}}},',
  'urn:uuid:',
  '/compute/../',
  '"kind":null',
  '"state":""',
]
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const documented = new Set(exitMeanings.map(([status]) => status))

// Guarantee: refused-in-words
it('a random answer causes an error message without control characters', async () => {
  const random = generator(20261121)
  const runs = 600
  let cloud: Cloud = await furnished()
  let victim = 0
  let seen = 0
  const proxy = await faultProxy({
    upstream: async (request) => {
      const answer = await cloud.sandbox.handle(request)
      seen += 1
      if (seen - 1 !== victim) return answer
      const headers = answer.headers.map(([name, value]) => {
        const changes = /^(category|link|location|x-occi)/i.test(name) && random(2) === 0
        // Line ends would be other headers, and others have looked at those.
        return [name, changes ? mutate(value, random, pieces).replaceAll(/[\r\n\0]/g, ' ') : value] as const
      })
      return { ...answer, headers, body: mutate(answer.body, random, pieces) }
    },
  })
  const statuses = new Map<number, number>()
  const place = machine()
  for (let run = 0; run < runs; run += 1) {
    if (run % 20 === 0) cloud = await furnished()
    victim = random(4)
    seen = 0
    const words = `${commands[run % commands.length]} --endpoint ${proxy.endpoint} --no-cache --retries 0`
    const terminal = random(2) === 0
    const { status, out, err } = await place.occi(words, { terminal, prompts: { confirm: async () => {} } })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const told = {
      run,
      words,
      status,
      documented: documented.has(status),
      fault: err.includes('bug in occi'),
    }
    expect({ ...told, err: told.fault ? err : '' }).toEqual({
      ...told,
      documented: true,
      fault: false,
      err: '',
    })
    expect({ words, err, obeyed: obeyed.exec(err)?.[0] }).toEqual({ words, err, obeyed: undefined })
    if (terminal) expect({ words, obeyed: obeyed.exec(out)?.[0] }).toEqual({ words, obeyed: undefined })
  }
  await proxy.close()
  rmSync(place.folder, { recursive: true, force: true })
  const counts = [...statuses]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
  process.stdout.write(`fuzz, answers: ${runs} commands; by exit status ${counts.join(', ')}\n`)
}, 180_000)
