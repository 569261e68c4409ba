/**
 * The stack of `occi help stacks` and the pipelines for it of `occi help ci`, run as their runners would; only what
 * installs occi is left out.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blocks, type Cloud, helpDocument, type Place, place } from '../readme/place.js'

const [stackFile = ''] = blocks(helpDocument('stacks'), 'yaml')
const [commands = ''] = blocks(helpDocument('stacks'), 'sh')
const [github = '', gitlab = ''] = blocks(helpDocument('ci'), 'yaml').slice(2)
const installation = 'npm install --global occi-cli'
const password = 'correct horse'

type Variables = Readonly<Record<string, string>>

interface Job {
  readonly variables: Variables
  /** What is run in order until one fails, and what is run whatever happens. */
  readonly script: readonly string[]
  readonly always: readonly string[]
}

interface Step {
  readonly run?: string
  readonly if?: string
}

const githubJob: Job = (() => {
  const { env, jobs } = parse(github) as {
    env: Variables
    jobs: Record<string, { steps: readonly Step[] }>
  }
  const steps = Object.values(jobs)[0]?.steps ?? []
  const lines = (condition: string | undefined) =>
    steps.filter((step) => step.if === condition).flatMap(({ run }) => run ?? [])
  return { variables: env, script: lines(undefined), always: lines('always()') }
})()

const gitlabJob: Job = (() => {
  const [job] = Object.values(
    parse(gitlab) as Record<
      string,
      Record<'before_script' | 'script' | 'after_script', readonly string[]> & { variables: Variables }
    >,
  )
  return {
    variables: job?.variables ?? {},
    script: [...(job?.before_script ?? []), ...(job?.script ?? [])],
    always: job?.after_script ?? [],
  }
})()

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

const started = (words: readonly string[] = [], env: Variables = {}) => here.cloud(words, env)

function inFolder(cloud: Cloud, text = stackFile) {
  writeFileSync(join(cloud.home, 'stack.yaml'), text)
  return (script: string, env: Variables) => cloud.run(`cd "$HOME"\n${script}`, env)
}

function titles(cloud: Cloud, env: Variables): readonly string[] {
  const { out } = cloud.run('occi compute list -o json; occi storage list -o json', env)
  return [...out.matchAll(/"title": ?"([^"]+)"/g)].map(([, title = '']) => title).sort()
}

describe.each([
  ['GitHub Actions', githubJob],
  ['GitLab CI', gitlabJob],
])('the stack for %s', (_, job) => {
  const signedIn = async () => {
    const cloud = await started(['--auth', 'basic', '--username', job.variables['OCCI_USERNAME'] ?? ''], {
      OCCI_PASSWORD: password,
    })
    const env = {
      ...job.variables,
      CI: 'true',
      OCCI_ENDPOINT: cloud.env['OCCI_ENDPOINT'] ?? '',
      OCCI_PASSWORD: password,
    }
    return { cloud, env, run: inFolder(cloud) }
  }
  const script = (line: string) => `set -e -o pipefail\n${line}`

  it('the example creates the stack, prints the address, and destroys it', async () => {
    const { cloud, env, run } = await signedIn()
    const before = titles(cloud, env)
    const outs = job.script.filter((line) => line !== installation).map((line) => run(script(line), env))
    expect(outs.map(({ status }) => status)).toEqual(outs.map(() => 0))
    expect(outs.at(-1)?.out).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/)
    expect(titles(cloud, env)).toEqual([...before, 'data', 'web-1', 'web-2'].sort())
    for (const line of job.always) expect(run(script(line), env)).toMatchObject({ status: 0 })
    expect(titles(cloud, env)).toEqual(before)
    await cloud.stop()
  }, 120_000)

  it('the example destroys nothing when nothing was created', async () => {
    const { cloud, env, run } = await signedIn()
    for (const line of job.always) expect(run(script(line), env)).toMatchObject({ status: 0 })
    await cloud.stop()
  }, 120_000)
})

it('the commands of the example work in their order', async () => {
  const cloud = await started()
  const run = inFolder(cloud)
  const lines = commands.split('\n').map((line) => line.replace(/\s+#.*$/, ''))
  for (const line of lines.filter((each) => each !== '')) {
    const { status, err } = run(`set -e\n${line}`, { ...cloud.env })
    expect({ line, status, err }).toEqual({ line, status: 0, err: expect.not.stringContaining('occi:') })
  }
  await cloud.stop()
}, 120_000)
