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

const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text)

/** Answers what the example prints. A strict compiler must take it. */
async function printed(example: string): Promise<string> {
  const place = mkdtempSync(join(tmpdir(), 'occi-readme-'))
  mkdirSync(join(place, 'node_modules'))
  symlinkSync(root, join(place, 'node_modules/occi-cli'))
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(place, 'example.ts'), example)
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
  rmSync(place, { recursive: true, force: true })
  return stdout
}

function served() {
  const { sandbox } = openSandbox({ clock: Date.now, speed: 0 })
  return serveSandbox(sandbox, {})
}

it("the README's library example compiles strictly and does what it describes", async () => {
  const cloud = await served()
  const [example = ''] = examples.filter((text) => text.includes('client.create('))
  expect(await printed(example.replace('http://127.0.0.1:8787/', cloud.endpoint))).toBe('web 1\n')
  await cloud.close()
}, 60_000)
