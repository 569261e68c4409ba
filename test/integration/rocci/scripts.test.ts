import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedProcess, serve } from '../../support/serve.js'
import { debianPrefix } from '../auth/debian.js'

/** Scripts of rOCCI's time, as they were published, against the sandbox as rocci-server. */
const root = resolve(import.meta.dirname, '../../..')
const place = mkdtempSync(join(tmpdir(), 'occi-scripts-'))
const bin = join(place, 'bin')
let env: NodeJS.ProcessEnv
let server: ServedProcess
let url: string

function bash(script: string): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `set -uo pipefail\n${script}`], {
    env: { ...env, E: server.endpoint },
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
  })
  return { stdout, stderr, status }
}

beforeAll(async () => {
  const prefix = await debianPrefix(['jq'])
  mkdirSync(bin)
  symlinkSync(join(root, 'bin/occi'), join(bin, 'occi'))
  env = {
    ...prefix.env,
    PATH: [bin, join(prefix.folder, 'usr/bin'), process.env['PATH']].join(delimiter),
    HOME: place,
  }
  // Only jq needs the prefix's libraries; bash and node must keep the machine's own.
  delete env['PYTHONPATH']
  server = await serve(join(bin, 'occi'), { PATH: env['PATH'], HOME: place }, [
    '--as',
    'rocci-server',
    '--speed',
    '0',
  ])
  const created = bash(
    'occi --endpoint "$E" --action create --resource compute --mixin os_tpl#debian6 --mixin resource_tpl#small --attribute occi.core.title=web',
  )
  expect(created).toMatchObject({ stderr: '', status: 0 })
  url = created.stdout.trim()
})

afterAll(async () => {
  await server?.stop()
  rmSync(place, { recursive: true, force: true })
})

describe("scripts of rOCCI's time", () => {
  it('scripts capture the URL that create prints', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/compute\/[0-9a-f-]{36}$/)
  })

  it('scripts read the state with awk (grnet/snf-occi tests)', () => {
    const { stdout } = bash(
      `occi -e "$E" -a describe -r ${url} | awk '/occi.compute.state/{split($0,a," = "); print a[2]}'`,
    )
    expect(stdout).toBe('active\n')
  })

  it('scripts find the location by title with grep -B 2 (sscmon-occi)', () => {
    const { stdout } = bash(
      `occi -e "$E" -a describe -r compute | grep -B 2 "title = web" | awk '/location/ {print $3}'`,
    )
    expect(stdout.trim()).toBe(new URL(url).pathname)
  })

  it('scripts select links with jq (sscmon-occi)', () => {
    const linked = bash(
      'occi -e "$E" -a link -r ' +
        new URL(url).pathname +
        ' -j "$(occi -e "$E" -a list -r network | head -n 1)"',
    )
    expect(linked).toMatchObject({ stderr: '', status: 0 })
    const { stdout, stderr } = bash(
      `occi -e "$E" -a describe -r ${url} -o json | LD_LIBRARY_PATH= jq -r '.[0].links[] | select(.kind=="http://schemas.ogf.org/occi/infrastructure#networkinterface") | .attributes.occi.core.source'`,
    )
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: new URL(url).pathname, stderr: '' })
  })

  it('scripts take any word on standard error for a failure (VMDIRAC, in Python)', () => {
    const script = `
import subprocess, sys
process = subprocess.Popen(['occi', '--endpoint', sys.argv[1], '--action', 'list', '--resource', 'os_tpl'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
out, err = process.communicate()
print('failed' if err or process.returncode else out.decode().splitlines()[0])
`
    const { stdout } = spawnSync('/usr/bin/python3', ['-c', script, server.endpoint], {
      env,
      encoding: 'utf8',
    })
    expect(stdout.trim()).toMatch(/os_tpl#/)
  })

  it('scripts test the exit status with if', () => {
    const { stdout } = bash(
      `if occi -e "$E" -a describe -r ${url} >/dev/null; then echo there; fi
if occi -e "$E" -a describe -r /compute/nope >/dev/null 2>&1; then echo wrong; else echo "gone $?"; fi`,
    )
    expect(stdout).toBe('there\ngone 1\n')
  })

  it('scripts wait in a loop of their own, then delete without a message (snf-occi tests, DRM4G)', () => {
    const { stdout, stderr, status } = bash(
      `STATE=none
while [ "$STATE" != active ]; do STATE=$(occi -e "$E" -a describe -r ${url} | sed -n 's/^occi.compute.state = //p'); done
occi -e "$E" -a trigger -r ${url} -g stop && occi -e "$E" -a delete -r ${url}`,
    )
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 })
    expect(bash('occi -e "$E" -a list -r compute').stdout).toBe('\n')
  })
})
