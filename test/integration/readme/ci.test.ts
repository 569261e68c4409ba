import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blocks, type Cloud, helpDocument, type Place, place } from './place.js'

/** The pipelines of `occi help ci`, run as their runners would; only what installs occi is left out. */
const [github, gitlab] = blocks(helpDocument('ci'), 'yaml').map((text): unknown => parse(text))
const installation = 'npm install --global occi-cli'
const password = 'correct horse'

interface Job {
  readonly variables: Readonly<Record<string, string>>
  /** Answers the status of the job: that of the first step that failed. */
  run(cloud: Cloud): number
}

interface Step {
  readonly run?: string
  readonly uses?: string
  readonly if?: string
}

/** Each `run` is a `bash -e` of its own; after a failure only steps with `if: always()` run. */
const githubJob: Job = (() => {
  const { env, jobs } = github as {
    env: Record<string, string>
    jobs: Record<string, { steps: readonly Step[] }>
  }
  return {
    variables: env,
    run(cloud) {
      let failed = 0
      for (const { run, if: condition } of Object.values(jobs)[0]?.steps ?? []) {
        if (run === undefined || run === installation || (failed !== 0 && condition !== 'always()')) continue
        const { status } = cloud.run(`set -e -o pipefail\n${run}`, variables(env, cloud))
        if (failed === 0) failed = status ?? 1
      }
      return failed
    },
  }
})()

/** before_script and script are one shell, after_script always another. */
const gitlabJob: Job = (() => {
  const [job] = Object.values(
    gitlab as Record<
      string,
      Record<'before_script' | 'script' | 'after_script', readonly string[]> & {
        variables: Record<string, string>
      }
    >,
  )
  return {
    variables: job?.variables ?? {},
    run(cloud) {
      const env = variables(job?.variables ?? {}, cloud)
      const lines = [...(job?.before_script ?? []), ...(job?.script ?? [])].filter(
        (line) => line !== installation,
      )
      const { status } = cloud.run(`set -e -o pipefail\n${lines.join('\n')}`, env)
      const after = cloud.run(job?.after_script.join('\n') ?? '', env)
      expect(after).toMatchObject({ status: 0, err: expect.not.stringContaining('occi:') })
      return status ?? 1
    },
  }
})()

/** As the runner sets them; the provider is our own. */
function variables(given: Readonly<Record<string, string>>, cloud: Cloud): Readonly<Record<string, string>> {
  return {
    ...given,
    CI: 'true',
    VM: 'ci-4711',
    OCCI_ENDPOINT: cloud.env['OCCI_ENDPOINT'] ?? '',
    OCCI_PASSWORD: password,
  }
}

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

describe.each([
  ['GitHub Actions', githubJob],
  ['GitLab CI', gitlabJob],
])('the example for %s', (_, job) => {
  const cloudFor = () =>
    here.cloud(['--auth', 'basic', '--username', job.variables['OCCI_USERNAME'] ?? ''], {
      OCCI_PASSWORD: password,
    })
  const machines = (cloud: Cloud) =>
    cloud.run('occi compute list -o json', variables(job.variables, cloud)).out.trim()

  it('the example contains no secret and chooses unique names', () => {
    const { OCCI_PASSWORD: secret = '', VM = '' } = job.variables
    expect(secret).toMatch(/^(\$\{\{ secrets\.\w+ \}\})?$/)
    expect(VM).toMatch(/github\.run_id|CI_JOB_ID/)
  })

  it('the example creates a machine, uses it and deletes it', async () => {
    const cloud = await cloudFor()
    here.sshEndsWith(0)
    const before = here.ssh().length
    expect(job.run(cloud)).toBe(0)
    expect(here.ssh().slice(before)).toEqual([
      expect.stringMatching(
        /^-l debian -i key -o StrictHostKeyChecking=accept-new -- 203\.0\.113\.\d+ uname -a$/,
      ),
    ])
    expect(machines(cloud)).toBe('[]')
    await cloud.stop()
  }, 70_000)

  it('the example deletes the machine also when its test fails, and then fails', async () => {
    const cloud = await cloudFor()
    here.sshEndsWith(3)
    expect(job.run(cloud)).toBe(3)
    expect(machines(cloud)).toBe('[]')
    await cloud.stop()
  }, 70_000)

  it('the example has nothing to delete when the machine could not be created, and fails', async () => {
    const cloud = await cloudFor()
    // No key: ssh-keygen of this computer writes none.
    const keygen = join(here.bin, 'ssh-keygen')
    const script = readFileSync(keygen)
    writeFileSync(keygen, '#!/bin/sh\n')
    expect(job.run(cloud)).toBe(2)
    writeFileSync(keygen, script)
    expect(machines(cloud)).toBe('[]')
    await cloud.stop()
  }, 70_000)
})
