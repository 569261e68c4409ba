import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { nodeProbe } from '../../../src/cli/runtime/probe.js'

it('a folder with the name of a program is not found on the PATH', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'occi-probe-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'a', 'occi'), { recursive: true })
  mkdirSync(join(folder, 'b'))
  const program = join(folder, 'b', 'occi')
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  const surroundings = {
    version: process.version,
    execPath: process.execPath,
    env: { PATH: `${join(folder, 'a')}:${join(folder, 'b')}` },
  } as unknown as NodeJS.Process
  expect(await nodeProbe(surroundings, [process.execPath], Date.now).programs('occi')).toEqual([program])
})
