/** Every recording of a server is replayed against its persona. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const here = import.meta.dirname

test('each recording has a test of its persona', () => {
  const replayed = readdirSync(here)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(here, file), 'utf8').matchAll(/^ {2}recording: '([^']+)'/gm)])
    .map(([, name]) => `${name}.jsonl`)
  const recordings = readdirSync(join(here, '../../fixtures/captures'))
  expect(recordings.filter((file) => !replayed.includes(file))).toEqual([])
})
