import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

it('has a library example that a strict compiler takes and that does what it says', async () => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const place = mkdtempSync(join(tmpdir(), 'occi-readme-'))
  mkdirSync(join(place, 'node_modules'))
  symlinkSync(root, join(place, 'node_modules/occi-cli'))
  const { sandbox } = openSandbox({ clock: Date.now, speed: 0 })
  const served = await serveSandbox(sandbox, {})
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(place, 'example.ts'), example.replace('http://127.0.0.1:8787/', served.endpoint))
  const types = join(root, 'node_modules/@types')
  const tsc = join(root, 'node_modules/.bin/tsc')
  const options = [
    '--module',
    'NodeNext',
    '--target',
    'ES2023',
    '--strict',
    '--typeRoots',
    types,
    '--types',
    'node',
  ]
  await run(tsc, [...options, 'example.ts'], { cwd: place })
  const { stdout } = await run(process.execPath, ['example.js'], { cwd: place })
  await served.close()
  rmSync(place, { recursive: true, force: true })
  expect(stdout).toBe('web 1\n')
}, 60_000)
