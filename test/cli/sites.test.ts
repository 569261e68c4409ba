/** Commands at several sites: five practice clouds of different kinds and logins, and four that are broken. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createProgress } from '../../src/cli/progress.js'
import { rawServer } from '../support/raw-server.js'
import {
  failingSite,
  hangingSite,
  practiceCloud,
  refusingSite,
  selfSignedSite,
  type TestSite,
} from '../support/sites.js'
import { type Circumstances, type Machine, machine } from './support/harness.js'

let place: Machine
const sites = new Map<string, TestSite>()

const basic = { method: 'basic', username: 'ada', password: 'for cesnet only' } as const
const token = { method: 'token', token: 'for-ifca-only', keystone: 'http://127.0.0.1:5000' } as const

beforeAll(async () => {
  const open = async (name: string, opening: Promise<TestSite>) => void sites.set(name, await opening)
  await open('cesnet', practiceCloud({ as: 'rocci-server-2', auth: basic }))
  await open('ifca', practiceCloud({ as: 'ooi', auth: token }))
  await open('essex', practiceCloud({ as: 'occi-os' }))
  await open('synnefo', practiceCloud({ as: 'snf-occi' }))
  await open('practice', practiceCloud())
  await open('hangs', hangingSite())
  await open('refuses', refusingSite())
  await open('fails', failingSite())
  await open('selfsigned', selfSignedSite())
  place = machine()
  const add = (name: string, ...more: string[]) =>
    place.occi(['context', 'add', name, '--endpoint', sites.get(name)?.endpoint ?? '', ...more])
  await add('cesnet', '--auth', 'basic', '--username', 'ada', '--password', basic.password, '--group', 'eu')
  await add('ifca', '--auth', 'token', '--token', token.token, '--group', 'eu,gpu')
  await add('essex')
  await add('synnefo')
  await add('practice', '--group', 'lab')
  for (const name of ['hangs', 'refuses', 'fails', 'selfsigned']) await add(name, '--retries', '0')
  for (const name of clouds.split(',')) {
    const images = await place.occi(`mixin list --of os_tpl -o id --context ${name}`)
    const sizes = await place.occi(`mixin list --of resource_tpl -o id --context ${name}`)
    const [os = '', size = ''] = [images, sizes].map(({ out }) => out.split('\n')[0])
    const made = await place.occi([
      'compute',
      'create',
      `web-${name}`,
      '--os',
      os,
      '--size',
      size,
      '--context',
      name,
    ])
    expect(made.status, made.err).toBe(0)
  }
})

afterAll(async () => {
  for (const site of sites.values()) await site.close()
})

const clouds = 'cesnet,ifca,essex,synnefo,practice'

function rows(out: string): readonly (readonly string[])[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
}

describe('the sites of a command', () => {
  const asked = async (...words: string[]) => {
    const { out, status, err } = await place.occi(['compute', 'list', '-o', 'jsonl', ...words])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    return rows(out).map(([line = '']) => (JSON.parse(line) as { context?: string }).context)
  }

  it.each([
    ['--context', 'practice,essex'],
    ['--context', 'practice', '--context', 'essex'],
    ['--context', 'practice,essex,practice'],
  ])('several contexts are named by %s %s %s %s', async (...words) => {
    expect((await asked(...words)).sort()).toEqual(['essex', 'practice'])
  })

  it('a group names its contexts, and a group of one context still adds the column CONTEXT', async () => {
    expect((await asked('--context', '@eu')).sort()).toEqual(['cesnet', 'ifca'])
    expect(await asked('--context', '@lab')).toEqual(['practice'])
  })

  it('a site that is named twice is asked once, and its name is not printed', async () => {
    const once = await place.occi('compute list --context practice')
    const twice = await place.occi('compute list --context practice,practice')
    expect(twice).toEqual(once)
    expect(once.out).toMatch(/^web-practice\t/)
  })

  it('OCCI_CONTEXT names several contexts with the same words, and -e still means one site', async () => {
    const env = { OCCI_CONTEXT: 'practice,@gpu' }
    const { out } = await place.occi('compute list -o name', { env })
    expect(out).toMatch(/^\S+@practice\n\S+@ifca\n$/)
    const one = await place.occi(`compute list -o name -e ${sites.get('practice')?.endpoint}`, { env })
    expect(one.out).not.toContain('@')
  })

  it('a project file may name several contexts, and its endpoint does not apply to them', async () => {
    const cwd = join(place.folder, 'checkout')
    mkdirSync(cwd)
    writeFileSync(join(cwd, '.occi.yaml'), `context: "@eu"\nendpoint: ${sites.get('fails')?.endpoint}\n`)
    const { out, status, err } = await place.occi('compute list', { cwd })
    expect(rows(out).map(([context]) => context)).toEqual(['cesnet', 'ifca'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  it.each([
    ['--context practice,nowhere', 'There is no context "nowhere" (named by --context).'],
    ['--context practise', 'There is no context "practise" (named by --context).'],
    ['--context practice,@ue', 'There is no group "ue" of contexts (named by --context).'],
    ['--context @', 'There is no group "" of contexts (named by --context).'],
    ['--context practice,', 'The name of a context is empty (in --context).'],
    ['--context practice --all-contexts', '--context'],
    ['--context a,b -e http://127.0.0.1:1/', '--endpoint names one site, and --context several'],
    ['--context practice,essex --site-timeout 0', '--site-timeout cannot be "0"'],
    ['--context practice,essex --site-timeout soon', '--site-timeout cannot be "soon"'],
  ])('several contexts are refused with one clear error: %s', async (words, message) => {
    const { status, out, err } = await place.occi(`compute list ${words}`)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(message)
    expect(err.match(/^occi: /gm)).toHaveLength(1)
  })

  it('a misspelled context or group gets a suggestion', async () => {
    expect((await place.occi('compute list --context practise')).err).toContain('Did you mean "practice"?')
    expect((await place.occi('compute list --context @ue,essex')).err).toContain('Did you mean "@eu"?')
    expect((await place.occi('context list --group ue')).err).toContain('Did you mean "@eu"?')
  })

  it('a context without an endpoint gets one clear error, and the other sites answer', async () => {
    const other = machine()
    await other.occi(['context', 'add', 'practice', '--endpoint', sites.get('practice')?.endpoint ?? ''])
    for (const name of ['empty', 'void']) {
      await other.occi(['context', 'add', name, '--endpoint', 'http://127.0.0.1:1/'])
      await other.occi(['context', 'set', name, '--unset', 'endpoint', '--username', 'ada'])
    }
    const env = { OCCI_ENDPOINT: sites.get('fails')?.endpoint ?? '' }
    const { status, out, err } = await other.occi('compute list --all-contexts -o name', { env })
    expect({ status, out: out.split('@')[1] }).toEqual({ status: 8, out: 'practice\n' })
    expect(err.split('\n')).toEqual([
      'occi: empty: No endpoint: the context "empty" has none (Set it: occi context set empty --endpoint URL)',
      'occi: void: No endpoint: the context "void" has none (Set it: occi context set void --endpoint URL)',
      '',
    ])
  })

  it('a command that works at one site refuses several', async () => {
    const { status, out, err } = await place.occi('mixin create tag --context practice,essex')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(
      '"occi mixin create" works with one site, but --context names several: practice,essex',
    )
  })

  it('several contexts do not affect commands that send no request', async () => {
    const env = { OCCI_CONTEXT: '@eu' }
    for (const words of ['schema entity', 'context list', 'context show ifca', 'config explain', 'history']) {
      const { status, err } = await place.occi(words, { env })
      expect({ words, status, err }).toEqual({ words, status: 0, err: '' })
    }
  })
})

describe('reading at several sites', () => {
  it('a list of several sites has the entities of each site in the order given, with a first column CONTEXT', async () => {
    const { status, out, err } = await place.occi(`compute list --context ${clouds} -o tsv`)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const [head, ...body] = rows(out)
    expect(head?.[0]).toBe('context')
    expect(body.map(([context]) => context)).toEqual(clouds.split(','))
    const table = await place.occi(`compute list --context ${clouds}`, { terminal: true })
    expect(table.out.split('\n')[0]).toMatch(/^CONTEXT +NAME +ID/)
    expect(table.out.match(/web-\w+/g)).toHaveLength(5)
  })

  it('a record of several sites has the member "context" before all others', async () => {
    const { out } = await place.occi(`compute list --context practice,cesnet -o json`)
    const records = JSON.parse(out) as Record<string, unknown>[]
    expect(records.map((record) => [Object.keys(record)[0], record['context'], record['name']])).toEqual([
      ['context', 'practice', 'web-practice'],
      ['context', 'cesnet', 'web-cesnet'],
    ])
  })

  it('--columns, --sort and --where apply to the joined list', async () => {
    const { out } = await place.occi(
      `compute list --context ${clouds} --columns context,name --sort -name --where name=web-*s* -o csv`,
    )
    expect(out).toBe('context,name\nsynnefo,web-synnefo\nessex,web-essex\ncesnet,web-cesnet\n')
  })

  it('-o name at several sites prints names with their contexts', async () => {
    const { out } = await place.occi('compute list --context practice,essex -o name')
    expect(out).toMatch(/^\S+@practice\n\S+@essex\n$/)
    const ids = await place.occi('compute list --context practice,essex -o id')
    expect(ids.out).toMatch(/^\S+@practice\n\S+@essex\n$/)
    const urls = await place.occi('compute list --context practice,essex -o url')
    expect(urls.out).not.toContain('@')
  })

  it.each([
    ['compute describe --where name=web-*', 'name'],
    ['link list', 'kind'],
    ['network list', 'name'],
    ['mixin list --of os_tpl', 'term'],
    ['model kinds', 'term'],
    ['model mixins', 'term'],
    ['model actions', 'term'],
    ['model list', 'term'],
    ['model', 'term'],
    ['model describe compute', 'term'],
    ['mixin describe os_tpl', 'term'],
    ['ip list', 'address'],
    ['list /', 'name'],
    ['explain compute', 'term'],
    ['auth status', 'method'],
    ['context test', 'name'],
  ])('several sites are read by %s', async (words, member) => {
    const { status, out, err } = await place.occi(`${words} --context practice,cesnet -o json`)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const records = JSON.parse(out) as Record<string, unknown>[]
    const contexts = records.map(({ context }) => context)
    for (const record of records) expect(Object.keys(record)).toContain(member)
    expect([...contexts].sort((a, b) => Number(a === 'cesnet') - Number(b === 'cesnet'))).toEqual(contexts)
    if (!['ip list', 'link list'].includes(words)) {
      expect([...new Set(contexts)]).toEqual(['practice', 'cesnet'])
    }
    const tsv = await place.occi(`${words} --context practice,cesnet -o tsv`)
    expect({ status: tsv.status, head: tsv.out.split('\t')[0] }).toEqual({ status: 0, head: 'context' })
  })

  it('several sites are read by mixin members', async () => {
    const { status, out } = await place.occi('mixin members os_tpl --context practice,synnefo')
    expect(status).toBe(0)
    expect(rows(out).map((row) => row.slice(0, 2))).toEqual([
      ['practice', 'web-practice'],
      ['synnefo', 'web-synnefo'],
    ])
  })

  it('a description at several sites shows the context first', async () => {
    const { out } = await place.occi('compute describe --where name=web-* --context practice,essex', {
      terminal: true,
    })
    const blocks = out.trimEnd().split('\n\n')
    expect(
      blocks.map((block) =>
        block
          .split('\n')
          .slice(0, 2)
          .map((line) => line.split(/ +/)),
      ),
    ).toEqual([
      [
        ['CONTEXT', 'practice'],
        ['NAME', 'web-practice'],
      ],
      [
        ['CONTEXT', 'essex'],
        ['NAME', 'web-essex'],
      ],
    ])
  })

  it('a wait at several sites waits at all of them', async () => {
    const { status, out } = await place.occi(
      'compute wait --where name=web-* --for state=active --context practice,essex -o json',
    )
    expect(status).toBe(0)
    expect((JSON.parse(out) as { context: string }[]).map(({ context }) => context)).toEqual([
      'practice',
      'essex',
    ])
  })

  it('"api" at several sites shows the answers below the names of the sites, or as records', async () => {
    const { status, out } = await place.occi(['api', 'GET', '/-/', '--context', 'practice,cesnet'])
    expect(status).toBe(0)
    expect(out.match(/^==> \w+ <==$/gm)).toEqual(['==> practice <==', '==> cesnet <=='])
    const json = await place.occi('api /-/ --context practice,cesnet -o json')
    const records = JSON.parse(json.out) as { context: string; text: string }[]
    expect(records.map(({ context, text }) => [context, text.includes('compute')])).toEqual([
      ['practice', true],
      ['cesnet', true],
    ])
  })

  it('"api" at several sites refuses requests that change something', async () => {
    for (const words of ['api POST /compute/', 'api DELETE /compute/', 'api /compute/ -d x']) {
      const { status, err } = await place.occi(`${words} --context practice,cesnet`)
      expect(status, words).toBe(2)
      expect(err).toContain('"occi api" works with one site')
    }
  })

  it('a kind that only one site has is a noun', async () => {
    const { status, out, err } = await place.occi('ipreservation list --context ifca,practice -o json')
    expect({ status, out }).toEqual({ status: 8, out: '[]\n' })
    expect(JSON.parse(err)).toMatchObject({ error: { errors: [{ context: 'practice', code: 'not-found' }] } })
  })

  it('--watch reads all sites again, and keeps the rows of a site that fails meanwhile', async () => {
    const shaky = await practiceCloud()
    const other = machine()
    await other.occi(['context', 'add', 'practice', '--endpoint', sites.get('practice')?.endpoint ?? ''])
    await other.occi(['context', 'add', 'shaky', '--endpoint', shaky.endpoint, '--retries', '0'])
    await other.occi('compute create web-shaky --context shaky')
    const stop = new AbortController()
    let looks = 0
    const onSleep = async () => {
      looks += 1
      if (looks === 1) await shaky.close()
      if (looks === 3) stop.abort(130)
    }
    const { status, out, err } = await other.occi(
      'compute list --context practice,shaky --watch --columns context,name',
      { signal: stop.signal, onSleep },
    )
    expect(status).toBe(130)
    expect(out).toBe('added\tpractice\tweb-practice\nadded\tshaky\tweb-shaky\n'.replaceAll('added\t', ''))
    // Once for each reason: the connection ends, then nobody is there.
    expect(err).toMatch(/^(occi: shaky: .*; still watching\n){1,2}$/)
  })

  it('--watch names a site where the look-up of the name failed, and shows the others', async () => {
    const other = machine()
    await other.occi(['context', 'add', 'practice', '--endpoint', sites.get('practice')?.endpoint ?? ''])
    await other.occi(['context', 'add', 'dead', '--endpoint', 'http://127.0.0.1:1/', '--auth', 'none'])
    const stop = new AbortController()
    const { status, out, err } = await other.occi(
      'compute describe web-practice --context practice,dead --retries 0 --watch -o jsonl',
      { signal: stop.signal, onSleep: async () => stop.abort(130) },
    )
    expect(status).toBe(130)
    expect(out).toContain('web-practice')
    expect(err).toMatch(/^occi: dead: .*; still watching$/m)
  })

  it('--dry-run and --curl show the requests of each site', async () => {
    const { status, out } = await place.occi('compute list --context practice,essex --curl')
    expect(status).toBe(0)
    expect(out).toContain('==> practice <==\ncurl ')
    expect(out).toContain(sites.get('essex')?.endpoint)
  })

  it('--record writes one file for each site', async () => {
    const file = join(place.folder, 'report.har')
    const { status } = await place.occi(['compute', 'list', '--context', 'practice,essex', '--record', file])
    expect(status).toBe(0)
    for (const name of ['practice', 'essex']) {
      const har = readFileSync(join(place.folder, `report-${name}.har`), 'utf8')
      expect(har).toContain(sites.get(name)?.endpoint)
    }
  })
})

describe('the login at each site', () => {
  it('each site uses the login of its context, and no site gets the secret of another', async () => {
    const heard: string[] = []
    const spy = await rawServer(({ head }, socket) => {
      heard.push(head)
      socket.write(
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="spy"\r\nContent-Length: 0\r\n\r\n',
      )
    })
    onTestFinished(() => spy.close())
    await place.occi(['context', 'add', 'spy', '--endpoint', spy.origin, '--retries', '0'])
    onTestFinished(async () => void (await place.occi('context remove spy --yes')))
    const { out, err } = await place.occi(['compute', 'list', '--context', `spy,cesnet,ifca`])
    expect(
      rows(out).map(([context]) => context),
      err,
    ).toEqual(['cesnet', 'ifca'])
    const sent = heard.join('\n')
    expect(heard.length).toBeGreaterThan(0)
    for (const secret of [basic.password, token.token, btoa(`ada:${basic.password}`)]) {
      expect(sent).not.toContain(secret)
    }
  })

  it('passwords of several sites are asked for one after the other, with the name of the site', async () => {
    const other = machine()
    for (const name of ['one', 'two']) {
      const cloud = await practiceCloud({ auth: { ...basic, password: name } })
      onTestFinished(() => cloud.close())
      await other.occi([
        'context',
        'add',
        name,
        '--endpoint',
        cloud.endpoint,
        '--auth',
        'basic',
        '--username',
        'ada',
      ])
    }
    let open = 0
    let most = 0
    const asked: string[] = []
    const password = async ({ message }: { message: string }) => {
      open += 1
      most = Math.max(most, open)
      asked.push(message.split(':')[0] ?? '')
      await new Promise((done) => setTimeout(done, 120))
      open -= 1
      return message.split(':')[0] ?? ''
    }
    const { status, err } = await other.occi('compute list --all-contexts --site-timeout 2s', {
      terminal: true,
      prompts: { password },
    })
    expect({ status, most, asked: asked.sort(), err }).toMatchObject({
      status: 0,
      most: 1,
      asked: ['one', 'two'],
    })
  })
})

describe('one of several sites that fails', () => {
  const siteTimeout = 90_000

  /** Lists machines; the time of sites that hang is over as soon as all others have finished. */
  const list = (words: string) => {
    const expire = siteTimers()
    const progress: Circumstances['progress'] = (streams) => ({
      ...createProgress(streams),
      show: (_, waiting) => {
        if (waiting === 'hangs') expire()
      },
    })
    return place.occi(`compute list ${words} --site-timeout 90s`, { progress })
  }

  /** Returns a function that lets the time of each site expire that has not finished. */
  function siteTimers(): () => void {
    const running = new Map<unknown, () => void>()
    const { setTimeout, clearTimeout } = globalThis
    vi.stubGlobal('setTimeout', (work: () => void, milliseconds?: number, ...more: []) => {
      const timer = setTimeout(work, milliseconds, ...more)
      if (milliseconds === siteTimeout) running.set(timer, work)
      return timer
    })
    vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout) => {
      running.delete(timer)
      clearTimeout(timer)
    })
    onTestFinished(() => void vi.unstubAllGlobals())
    return () => {
      for (const expire of [...running.values()]) expire()
    }
  }

  it.each([
    ['hangs', 'hangs did not finish within 90 s'],
    ['refuses', 'refuses the connection'],
    ['fails', '500'],
    ['selfsigned', 'certificate'],
  ])('one failing site hides no other and gets one line: %s', async (name, words) => {
    const { status, out, err } = await list(`--context practice,${name},essex`)
    expect(rows(out).map(([context]) => context)).toEqual(['practice', 'essex'])
    expect(status).toBe(8)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(err).toMatch(new RegExp(`^occi: ${name}: `))
    expect(err).toContain(words)
  })

  it('five of nine sites answer when four fail in different ways', async () => {
    const { status, out, err } = await list(`--context ${clouds},hangs,refuses,fails,selfsigned -o name`)
    expect(status).toBe(8)
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split('@')[1]),
    ).toEqual(clouds.split(','))
    const named = err
      .trimEnd()
      .split('\n')
      .map((line) => line.split(': ')[1])
    expect(named).toEqual(['hangs', 'refuses', 'fails', 'selfsigned'])
  })

  it('with -o json the error of a site is one object with context, code, message and hint', async () => {
    const { status, out, err } = await list('--context hangs,practice,selfsigned -o json')
    expect((JSON.parse(out) as { context: string }[]).map(({ context }) => context)).toEqual(['practice'])
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    const { error } = JSON.parse(err) as {
      error: { code: string; exit: number; errors: Record<string, unknown>[] }
    }
    expect({ status, code: error.code, exit: error.exit }).toEqual({ status: 8, code: 'partial', exit: 8 })
    expect(error.errors).toEqual([
      expect.objectContaining({
        context: 'hangs',
        target: 'hangs',
        code: 'timeout',
        hint: expect.any(String),
      }),
      expect.objectContaining({ context: 'selfsigned', code: 'network', hint: expect.any(String) }),
    ])
    for (const { message } of error.errors) expect(message).toEqual(expect.any(String))
  })

  it.each([
    ['refuses,fails', 10],
    ['fails,refuses', 11],
    ['hangs,refuses', 9],
  ])('the exit status is that of the first error when no site answers: %s', async (names, expected) => {
    const { status, out, err } = await list(`--context ${names}`)
    expect({ status, out }).toEqual({ status: expected, out: '' })
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ')[1]),
    ).toEqual(names.split(','))
    const json = await list(`--context ${names} -o json`)
    expect(json.out).toBe('')
    expect(JSON.parse(json.err)).toMatchObject({
      error: { exit: expected, message: 'None of the 2 sites answered' },
    })
  })

  it('a failing site does not delay the rows of the others', async () => {
    const { out } = await list(`--context hangs,practice -o jsonl`)
    expect(rows(out)).toHaveLength(1)
  })

  it('auth status at several sites ends with 4 when the first login is refused', async () => {
    const other = machine()
    for (const name of ['cesnet', 'ifca']) {
      await other.occi(['context', 'add', name, '--endpoint', sites.get(name)?.endpoint ?? ''])
    }
    expect((await other.occi('auth status --all-contexts')).status).toBe(4)
    expect((await other.occi('compute list --all-contexts --no-input')).status).toBe(4)
  })
})
