import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { serve } from '../support/serve.js'

it('occi ssh runs the ssh of PATH, with the terminal and standard input of the user', async () => {
  const place = mkdtempSync(join(tmpdir(), 'occi-ssh-'))
  writeFileSync(join(place, 'ssh'), `#!/bin/sh\nprintf '[%s]' "$@"\ncat\nexit 7\n`)
  chmodSync(join(place, 'ssh'), 0o755)
  const own = { PATH: `${place}:${process.env['PATH']}`, HOME: place }
  const program = resolve(import.meta.dirname, '../../bin/occi')
  const hidden = resolve(import.meta.dirname, '../support/hide-practice-cloud.cjs')
  const cloud = await serve(program, { ...own, NODE_OPTIONS: `--require ${hidden}` }, [])
  const env = { ...own, OCCI_ENDPOINT: cloud.endpoint }
  const occi = (words: string, input = '') =>
    spawnSync(program, words.split(' '), {
      env,
      input,
      encoding: 'utf8',
      timeout: 30_000,
    })
  expect(occi('compute create web --os debian-12 --size nano --network public --wait').status).toBe(0)
  const ran = occi('ssh debian@web -- tar x', 'from standard input\n')
  expect(ran.stdout).toMatch(/^\[-l\]\[debian\]\[--\]\[203\.0\.113\.\d+\]\[tar\]\[x\]from standard input\n$/)
  expect([ran.status, ran.stderr]).toEqual([7, ''])
  await cloud.stop()
  rmSync(place, { recursive: true })
}, 60_000)
