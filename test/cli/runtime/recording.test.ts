import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { recorderOf } from '../../../src/cli/runtime/recording.js'

it('a recording is valid JSON although its facts become shorter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'occi-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.har')
  const context = {
    command: 'compute list',
    settings: { get: () => file },
    runtime: { resolvePath: (path: string) => path, version: '0', clock: { now: () => 0 } },
  } as unknown as Parameters<typeof recorderOf>[0]
  const recorder = recorderOf(context)
  recorder?.addFacts({ endpoint: 'https://a-long-name.example.org/occi/', retries: 2 })
  recorder?.addFacts({ endpoint: 'https://b.example.org/', retries: 2 })
  expect(readFileSync(file, 'utf8')).toContain('"https://b.example.org/"')
  expect(() => JSON.parse(readFileSync(file, 'utf8'))).not.toThrow()
})
