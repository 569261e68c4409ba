import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  openSandbox,
  type SandboxAuth,
  type SandboxServer,
  serveSandbox,
} from '../../../src/sandbox/index.js'
import { type Machine, machine, type Result } from '../support/harness.js'

interface Shown {
  readonly method: string
  readonly url: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly body: string | null
}

let served: SandboxServer
let requests: string[]
let cloud: Machine

async function serve(auth: SandboxAuth = { method: 'none' }): Promise<void> {
  const { sandbox } = openSandbox({ clock: laterAndLater(), auth })
  requests = []
  served = await serveSandbox({
    ...sandbox,
    handle: (request) => {
      requests.push(request.method)
      return sandbox.handle(request)
    },
    close: () => sandbox.close(),
  })
  cloud = machine({ env: { OCCI_ENDPOINT: served.endpoint } })
}

/** Nothing that happens there takes time. */
function laterAndLater(): () => number {
  let time = Date.parse('2026-11-21T00:00:00Z')
  return () => {
    time += 60_000
    return time
  }
}

beforeEach(async () => {
  await serve()
  await ok('compute create web --os debian-12 --size small --network public')
  await ok('storage create data --size 1')
  requests = []
})
afterEach(() => served.close())

async function ok(words: string, more = {}): Promise<string> {
  const result = await cloud.occi(words, more)
  expect([words, result.status, result.err]).toEqual([words, 0, ''])
  return result.out
}

/** What a dry run shows; nothing but reading reached the server. */
async function shown(words: string): Promise<readonly Shown[]> {
  const found = JSON.parse(await ok(`${words} --dry-run -o json`))
  expect(requests.filter((method) => method !== 'GET')).toEqual([])
  return Array.isArray(found) ? found : [found]
}

function lines(requests: readonly Shown[]): readonly string[] {
  return requests.map(({ method, url }) => {
    const { pathname, search } = new URL(url)
    return `${method} ${pathname.replace(/[0-9a-f-]{36}/, 'ID')}${search}`
  })
}

describe('--dry-run', () => {
  // Guarantee: preview-sends-nothing
  it.each([
    ['compute create db --os debian-12 --size small --wait', ['POST /compute/']],
    ['compute create db --os debian-12 --count 2', ['POST /compute/', 'POST /compute/']],
    ['compute create db --os debian-12 --id mine --wait', ['PUT /compute/mine']],
    ['compute update web --title db --wait', ['POST /compute/ID']],
    ['compute replace web --title db', ['PUT /compute/ID']],
    ['compute stop web --wait', ['POST /compute/ID?action=stop']],
    ['compute trigger stop --all --wait', ['POST /compute/?action=stop']],
    ['compute delete web --wait', ['DELETE /compute/ID']],
    ['compute delete --all --wait', ['DELETE /compute/']],
    ['compute link web data --wait', ['POST /storagelink/']],
    ['link create web data', ['POST /storagelink/']],
    ['compute unlink web public --wait', ['DELETE /networkinterface/ID']],
    ['mixin create production', ['POST /-/']],
    ['mixin attach small web', ['POST /resource_tpl/small/']],
    ['mixin set small web', ['PUT /resource_tpl/small/']],
    ['mixin detach small web', ['DELETE /resource_tpl/small/']],
    ['delete /compute/ --all', ['DELETE /compute/']],
    ['api DELETE /compute/', ['DELETE /compute/']],
  ] as const)('occi %s --dry-run shows %j and sends nothing', async (words, expected) => {
    expect(lines(await shown(words))).toEqual(expected)
  })

  it('--dry-run shows the request that deletes a mixin of the user', async () => {
    await ok('mixin create production')
    requests = []
    expect(lines(await shown('mixin delete production'))).toEqual(['DELETE /-/'])
  })

  it('--dry-run shows several entities in the order in which they were named', async () => {
    await ok('compute create db --os debian-12 --size small')
    requests = []
    const found = await shown('compute delete db web')
    expect(found).toHaveLength(2)
    const db = (await ok('compute describe db -o url')).trim()
    expect(found[0]?.url).toBe(db)
  })

  it('--dry-run shows links that are created afterwards, with NEW in place of the future id', async () => {
    cloud = machine({ env: { OCCI_ENDPOINT: served.endpoint, OCCI_PROVIDER: 'snf-occi' } })
    const found = await shown('compute create db --os debian-12 --size small --storage data')
    expect(lines(found)).toEqual(['POST /compute/', 'POST /storagelink/'])
    expect(JSON.stringify(found[1])).toContain('/compute/NEW')
  })

  it('--dry-run prints HTTP in the chosen rendering', async () => {
    const out = await ok('compute create db --os debian-12 --size small --media-type text/plain --dry-run')
    expect(out.split('\n').slice(0, 6)).toEqual([
      'POST /compute/ HTTP/1.1',
      `Host: 127.0.0.1:${served.port}`,
      'Accept: text/plain',
      'Content-Type: text/plain',
      '',
      'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
    ])
  })

  it('--dry-run validates first and reports what does not fit the model', async () => {
    const { status, out, err } = await cloud.occi('compute create db --os debian-12 --size smoll --dry-run')
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain('Did you mean small?')
  })

  it('--dry-run shows the valid requests of several, and lists the errors of the others', async () => {
    const { status, out, err } = await cloud.occi('compute delete web nothing --dry-run')
    expect([status, out.split(' ')[0]]).toEqual([8, 'DELETE'])
    expect(err).toContain('1 of 2 failed')
  })

  it('--dry-run asks for no confirmation, on a terminal or elsewhere', async () => {
    for (const terminal of [false, true]) {
      const { status, out } = await cloud.occi('compute delete --all --dry-run', { terminal })
      expect([status, out.split('\n')[0]]).toEqual([0, 'DELETE /compute/ HTTP/1.1'])
    }
  })

  it.each(['sandbox reset --yes', 'auth logout', 'completion bash'])(
    '--dry-run is refused for a command that sends nothing: %s',
    async (words) => {
      const { status, err } = await cloud.occi(`${words} --dry-run`)
      expect([status, err.includes('--dry-run cannot be used here')]).toEqual([2, true])
    },
  )

  it('--dry-run prints no secret', async () => {
    await served.close()
    await serve({ method: 'basic', username: 'ada', password: 'planted' })
    const env = {
      OCCI_USERNAME: 'ada',
      OCCI_PASSWORD: 'planted',
      OCCI_AUTH: 'basic',
      OCCI_ALLOW_PLAIN_HTTP: '1',
    }
    const result: Result = await cloud.occi('compute create db --os debian-12 --size small --dry-run', {
      env,
      terminal: true,
    })
    expect(result.status).toBe(0)
    expect(result.out).toContain('Authorization: Basic ***')
    expect(result.err).toContain('Secrets are shown as ***')
    expect(`${result.out}${result.err}`).not.toMatch(/planted|YWRhOnBsYW50ZWQ/)
  })
})

describe('--curl', () => {
  /** Runs what was printed with the curl of this machine. */
  async function run(command: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      timeout: 15_000,
    })
    return stdout
  }

  it.each(['json', 'text/plain', 'text/occi'])(
    'the curl commands of --curl create the same machine (%s)',
    async (mediaType) => {
      const command = await ok(
        `compute create it's --os debian-12 --size small --summary $HOME --curl --media-type ${mediaType}`,
      )
      expect(requests).not.toContain('POST')
      await run(command)
      expect(requests).toContain('POST')
      const made = JSON.parse(await ok("compute describe it's -o json"))
      await ok("compute delete it's --yes")
      await ok(`compute create it's --os debian-12 --size small --summary $HOME --media-type ${mediaType}`)
      const ours = JSON.parse(await ok("compute describe it's -o json"))
      const telling = ({ title, summary, mixins, attributes }: Record<string, unknown>) => ({
        title,
        summary,
        mixins,
        cores: (attributes as Record<string, unknown>)['occi.compute.cores'],
      })
      expect(telling(made)).toEqual(telling(ours))
      expect(made.summary).toBe('$HOME')
    },
  )

  it('the curl commands of --curl trigger, link and delete', async () => {
    await ok('compute wait web')
    await run(await ok('compute stop web --curl'))
    await ok('compute wait web --for inactive')
    await run(await ok('compute link web data --curl'))
    expect(JSON.parse(await ok('compute describe web -o json')).links).toHaveLength(2)
    await run(await ok('compute delete web --curl'))
    expect(await ok('compute list')).toBe('')
  })

  it('the curl command of --curl reads what the command reads', async () => {
    const answer = JSON.parse(await run(await ok('compute list --curl')))
    expect(JSON.stringify(answer)).toContain('"title":"web"')
  })

  it('--curl prints a secret as a shell variable, and the command works with it', async () => {
    await served.close()
    await serve({ method: 'basic', username: 'ada', password: 'planted' })
    const env = {
      OCCI_USERNAME: 'ada',
      OCCI_PASSWORD: 'planted',
      OCCI_AUTH: 'basic',
      OCCI_ALLOW_PLAIN_HTTP: '1',
    }
    const { status, out, err } = await cloud.occi('storage create data --size 1 --curl', {
      env,
      terminal: true,
    })
    expect(status).toBe(0)
    expect(out).not.toMatch(/planted|YWRhOnBsYW50ZWQ/)
    expect(err).toContain('needs OCCI_PASSWORD in the environment')
    expect(out).not.toContain('OCCI_USERNAME')
    await run(out, { OCCI_PASSWORD: 'planted' })
    const list = await cloud.occi('storage list -o json', { env })
    expect(JSON.parse(list.out)).toMatchObject([{ title: 'data' }])
  })

  it('--curl prints the options that the connection needs', async () => {
    const { out } = await cloud.occi(
      'compute delete web --curl --insecure --tls-max-version TLSv1.2 --proxy none',
    )
    expect(out).toContain("'--insecure' \\\n  '--tls-max' \\\n  '1.2' \\\n  '--noproxy' \\\n  '*'")
  })

  it('--curl prints beside the data in JSON', async () => {
    expect(JSON.parse(await ok('compute delete web --curl -o json')).curl).toMatch(/^curl -sS -g -X DELETE/)
  })

  it('--curl refuses sandbox:, which has no address', async () => {
    const { err } = await cloud.occi('compute list --curl -e sandbox:', { terminal: true })
    expect(err).toContain('occi sandbox serve')
  })
})
