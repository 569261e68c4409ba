// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of stack files.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stack as stackGroup } from '../../../src/cli/commands/stack/index.js'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { cloud } from '../../client/cloud.js'
import { runs } from '../../support/thorough.js'
import { machine } from '../support/harness.js'

const shop = `
name: shop
resources:
  private: { kind: network, existing: true }
  data: { kind: storage, size: 20 }
  web:
    kind: compute
    count: 2
    os: debian-12
    size: small
    networks: [private]
    storage: [{ name: data, mountpoint: /dev/vdb, on: 1 }]
    attributes: { occi.compute.hostname: web }
    state: active
  console: { kind: link, source: "web[0]", target: private }
outputs:
  volume: \${data.url}
  title: \${web[1].title}
`

/** A machine with a stack file, at a cloud of its own. */
function place(text = shop) {
  const at = cloud()
  const here = machine({ client: at.client })
  const write = (content: string) => writeFileSync(join(here.folder, 'stack.yaml'), content)
  write(text)
  const stack = (words: string, more: Parameters<typeof here.occi>[1] = {}) =>
    here.occi(`stack ${words}`, more)
  const done = async (words: string, more: Parameters<typeof here.occi>[1] = {}) => {
    const { status, out, err } = await stack(words, more)
    expect({ words, status, err }).toEqual({ words, status: 0, err: expect.not.stringContaining('occi:') })
    return out
  }
  const file = join(here.folder, '.shop.occi-state.json')
  return { ...at, ...here, write, stack, done, file, state: () => readFileSync(file, 'utf8') }
}

describe('occi stack', () => {
  it('occi stack plans, applies, shows and destroys a stack', async () => {
    const { done, stack, file, state, seen } = place()
    expect((await done('plan -o json')).match(/"action": ?"create"/g)).toHaveLength(4)
    expect((await stack('plan --exit-code')).status).toBe(12)
    await done('apply --yes')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Object.keys((JSON.parse(state()) as { resources: object }).resources)).toEqual([
      'console',
      'data',
      'web[0]',
      'web[1]',
    ])
    expect(await stack('plan --exit-code')).toMatchObject({ status: 0, out: '' })
    expect(await done('output title')).toBe('web-2\n')
    expect(await done('output volume')).toMatch(/^http:\/\/sandbox\/storage\/[-\w]+\n$/)
    expect(await done('status -o name')).toBe('private\ndata\nweb[0]\nweb[1]\nconsole\n')
    await done('apply --yes')
    await done('destroy --yes')
    expect(existsSync(file)).toBe(false)
    const made = seen.filter(({ method, path }) => method === 'POST' && !path.includes('?')).length
    expect(made).toBe(seen.filter(({ method }) => method === 'DELETE').length)
  })

  it('stack plan needs one request for each kind and one for the model when nothing changed', async () => {
    const { done, seen } = place()
    await done('apply --yes')
    seen.length = 0
    await done('plan')
    expect(seen.map(({ path }) => path).sort()).toEqual([
      '/compute/',
      '/network/',
      expect.stringMatching(/^\/storage\/.+/),
    ])
  })

  it('stack apply updates what differs and reports what cannot be changed', async () => {
    const { done, write } = place()
    await done('apply --yes')
    write(shop.replace('size: small', 'size: large').replace('state: active', 'state: inactive'))
    const changed = JSON.parse(await done('plan -o json')) as {
      action: string
      changes: { name: string; to: string }[]
    }[]
    expect(changed.map(({ action }) => action)).toEqual(['update', 'update'])
    expect(changed[0]?.changes.map(({ name }) => name)).toEqual(['resource_tpl', 'state'])
    await done('apply --yes')
    expect(await done('plan')).toBe('')
    write(shop.replace('debian-12', 'ubuntu-24.04'))
    expect(await done('plan')).toContain('the image of a machine cannot be changed')
  })

  it('stack apply replaces a machine together with its links', async () => {
    const { done, write, client } = place()
    await done('apply --yes')
    const before = await done('output volume')
    write(shop.replace('debian-12', 'ubuntu-24.04'))
    await done('apply --yes')
    expect(await done('plan')).toBe('')
    expect(await done('output volume')).toBe(before)
    const links: string[] = []
    for await (const one of client.list('storagelink')) links.push(one.location ?? '')
    expect(links).toHaveLength(1)
  })

  it('stack plan shows what was changed or deleted outside the stack, and apply restores it', async () => {
    const { done, occi } = place()
    await done('apply --yes')
    await occi('compute stop web-1 --wait')
    await occi('compute delete web-2 --yes')
    await occi('compute unlink web-1 data')
    const status = JSON.parse(await done('status -o json')) as {
      resource: string
      state: string
      drift: string[]
    }[]
    expect(status.find(({ resource }) => resource === 'web[0]')).toMatchObject({
      drift: ['state', 'storage'],
    })
    expect(status.find(({ resource }) => resource === 'web[1]')).toMatchObject({ state: 'missing' })
    await done('apply --yes')
    expect(await done('plan')).toBe('')
  })

  it('stack apply deletes what was removed from the file, links first', async () => {
    const { done, write, client } = place()
    await done('apply --yes')
    write(
      shop
        .replace(/ {2}data: .*\n/, '')
        .replace(/ {4}storage: .*\n/, '')
        .replace(/ {2}volume: .*\n/, '')
        .replace('count: 2', 'count: 1')
        .replace('web[1]', 'web[0]'),
    )
    await done('apply --yes')
    expect(await done('plan')).toBe('')
    const machines: string[] = []
    for await (const one of client.list('compute')) machines.push(one.title ?? '')
    expect(machines).toEqual(['web-1'])
  })

  it('stack apply adopts existing resources only with the option for that', async () => {
    const { done, stack, file } = place()
    await done('apply --yes')
    const { rmSync } = await import('node:fs')
    rmSync(file)
    const refused = await stack('apply --yes')
    expect(refused).toMatchObject({ status: 7, err: expect.stringContaining('--adopt') })
    await done('apply --adopt --yes')
    expect(await done('plan')).toBe('')
    await done('destroy --yes')
  })

  it('stack import, forget and keep change only the state', async () => {
    const { done, stack, occi, file } = place(
      'name: shop\nresources:\n  data: { kind: storage, size: 20 }\n  b: { kind: storage, size: 1 }\n',
    )
    await occi('storage create old --size 5 --wait')
    await done('import data old')
    expect(await done('plan')).toContain('title: old → data; occi.storage.size: 5 → 20')
    await done('apply --yes')
    expect(await done('plan')).toBe('')
    await done('destroy --keep data --yes')
    expect(await done('status -o tsv --columns resource,state')).toContain('data\tonline')
    expect(await stack('destroy --keep dta --yes')).toMatchObject({
      status: 2,
      err: expect.stringContaining('data'),
    })
    await done('forget data')
    expect(existsSync(file)).toBe(false)
    expect((await occi('storage describe data')).status).toBe(0)
    expect(await stack('forget data')).toMatchObject({ status: 2 })
  })

  it('stack apply continues with what does not depend on a failed step, and resumes from there', async () => {
    const { done, stack, write } = place(
      'name: shop\nresources:\n  a: { kind: storage, size: 1 }\n  b: { kind: compute, size: small, summary: "${var.x}", storage: [a] }\n  c: { kind: storage, size: 1, summary: "${b.nonsense}" }\n',
    )
    const failed = await stack('apply --yes --var x=y -o json')
    expect(failed.status).toBe(8)
    expect(failed.err).toContain('has no')
    expect(JSON.parse(await done('status -o json --var x=y')) as object[]).toHaveLength(3)
    write(
      'name: shop\nresources:\n  a: { kind: storage, size: 1 }\n  b: { kind: compute, size: small, summary: "y", storage: [a] }\n  c: { kind: storage, size: 1, summary: "${b.id}" }\n',
    )
    await done('apply --yes')
    expect(await done('plan')).toBe('')
  })

  it('stack apply needs --yes when no confirmation can be asked, and sends nothing in a preview', async () => {
    const { stack, file } = place()
    expect(await stack('apply')).toMatchObject({ status: 2, err: expect.stringContaining('--yes') })
    expect(await stack('apply --dry-run')).toMatchObject({
      status: 2,
      err: expect.stringContaining('stack plan'),
    })
    expect(existsSync(file)).toBe(false)
  })

  it('a state file that is damaged, of another stack or of another version is refused', async () => {
    const { stack, file } = place()
    for (const text of [
      '{',
      '{}',
      '{"version":1,"stack":"other","resources":{}}',
      '{"version":2,"stack":"shop","resources":{}}',
      '{"version":1,"stack":"shop","resources":{"a":{"url":"file:///etc/passwd"}}}',
      '{"version":1,"stack":"shop","resources":{"web[0]":{"site":"","kind":"","title":"","needs":[],"url":"http://"}}}',
    ]) {
      writeFileSync(file, text)
      expect(await stack('plan')).toMatchObject({
        status: 2,
        err: expect.stringContaining('.shop.occi-state.json'),
      })
    }
  })

  it('stack apply waits for another command that changes the same stack, and says so', async () => {
    const { stack, file } = place()
    writeFileSync(`${file}.lock`, `1 elsewhere.example.org x \n`)
    expect(await stack('apply --yes --lock-timeout 50ms')).toMatchObject({
      status: 2,
      err: expect.stringContaining('elsewhere.example.org'),
    })
  })

  it('the state file contains no secret and a plan shows none', async () => {
    const { done, state, folder } = place(
      'name: shop\nresources:\n  web: { kind: compute, size: small, user-data: setup.sh, summary: "${env.TOKEN}" }\n',
    )
    writeFileSync(join(folder, 'setup.sh'), '#!/bin/sh\necho ${env.TOKEN} ${HOME}\n')
    const env = { TOKEN: 'swordfish' }
    expect(await done('plan', { env })).not.toContain('swordfish')
    const { out, err } = { out: await done('apply --yes', { env }), err: '' }
    expect(`${out}${err}${state()}`).not.toContain('swordfish')
    expect(await done('plan', { env })).toBe('')
  })

  it('stack reads its file from standard input and variables from files', async () => {
    const { done, folder, stack } = place()
    writeFileSync(join(folder, 'vars.yaml'), 'size: 3\n')
    const stdin = 'name: in\nresources:\n  d: { kind: storage, size: "${var.size}" }\n'
    expect(await done('plan -f - --var-file vars.yaml', { stdin })).toContain('size ${var.size}')
    expect(await stack('plan -f -', { stdin })).toMatchObject({
      status: 2,
      err: expect.stringContaining('standard input:3:29: The variable "size" has no value'),
    })
  })

  it('the error for an unknown kind or template contains the place in the file', async () => {
    const { stack } = place('name: shop\nresources:\n  web:\n    kind: compute\n    os: debain-12\n')
    expect(await stack('plan')).toMatchObject({
      status: 2,
      err: expect.stringContaining('stack.yaml:5:9: os: '),
    })
    const other = place('name: shop\nresources:\n  web: { kind: nonsense }\n')
    expect(await other.stack('plan')).toMatchObject({
      status: expect.any(Number),
      err: expect.stringContaining('stack.yaml:3:'),
    })
  })

  it('stack plan --replace refuses a copy that the file does not have, and an existing resource', async () => {
    const { stack } = place()
    for (const [name, message] of [
      ['web[9]', 'stack.yaml has no resource "web[9]"'],
      ['private', 'private has "existing: true" in the file, so it cannot be replaced'],
    ]) {
      const { status, err } = await stack(`plan --replace ${name}`)
      expect({ name, status, err }).toEqual({ name, status: 2, err: expect.stringContaining(message ?? '') })
    }
  })

  it('stack plan and apply name the file of the stack in the next command', async () => {
    const { folder, stack } = place()
    writeFileSync(join(folder, 'other.yaml'), shop)
    const plan = await stack('plan -f other.yaml', { terminal: true })
    expect(plan.err).toContain('Next: occi stack apply -f other.yaml\n')
    const apply = await stack('apply -f other.yaml --yes', { terminal: true })
    expect(apply.err).toContain('Next: occi stack output -f other.yaml\n')
  })

  it('stack apply does not suggest the outputs after a failure', async () => {
    const { stack } = place(
      'name: shop\nresources:\n  a: { kind: storage, size: 1 }\n  b: { kind: storage, size: 1, summary: "${a.nonsense}" }\noutputs:\n  url: ${b.url}\n',
    )
    const { status, err } = await stack('apply --yes', { terminal: true })
    expect(status).toBe(8)
    expect(err).toContain('1 of 2 done.')
    expect(err).not.toContain('occi stack output')
  })

  it('stack init quotes a name that is a number, and refuses a count that a stack file cannot have', async () => {
    const { folder, done, stack } = place()
    await done('init -f new.yaml --template machine --name 1.10')
    expect(readFileSync(join(folder, 'new.yaml'), 'utf8')).toContain('name: "1.10"\n')
    const answers = ['shop', 'debian-12', 'small', 'three', '']
    const text = async () => answers.shift() ?? ''
    expect(await stack('init -f asked.yaml', { terminal: true, prompts: { text } })).toMatchObject({
      status: 2,
      err: expect.stringContaining('"three" cannot be the number of machines'),
    })
    expect(existsSync(join(folder, 'asked.yaml'))).toBe(false)
  })

  it('stack init writes a valid file', async () => {
    for (const template of ['machine', 'machine-with-volume', 'cluster']) {
      const { done, stack } = place()
      await done(`init -f new.yaml --template ${template}`)
      expect(await stack(`init -f new.yaml --template ${template}`)).toMatchObject({ status: 2 })
      await done('validate -f new.yaml')
      await done('apply -f new.yaml --yes')
      expect(await done('plan -f new.yaml')).toBe('')
    }
    expect(await place().stack('init -f x.yaml')).toMatchObject({
      status: 2,
      err: expect.stringContaining('--template'),
    })
  })

  it('the schema of stack files has the keys of each create command', async () => {
    const { occi } = place()
    const schema = JSON.parse((await occi('schema stack')).out) as {
      properties: { resources: { additionalProperties: { oneOf: { properties: object }[] } } }
    }
    const [compute] = schema.properties.resources.additionalProperties.oneOf
    expect(Object.keys(compute?.properties ?? {})).toEqual(
      expect.arrayContaining(['os', 'size', 'ssh-key', 'networks', 'cores', 'state']),
    )
  })
})

describe('a stack at several providers', () => {
  it('stack apply creates each resource at its context, and stack destroy deletes all of them', async () => {
    const here = machine()
    const served = await Promise.all(
      ['cesnet', 'ifca'].map(async (name) => {
        const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0 })
        const one = await serveSandbox(sandbox, { basePath })
        await here.occi(`context add ${name} --endpoint ${one.endpoint}`)
        return one
      }),
    )
    onTestFinished(() => Promise.all(served.map((one) => one.close())).then(() => undefined))
    const write = (site: string) =>
      writeFileSync(
        join(here.folder, 'stack.yaml'),
        `name: shop\ncontext: cesnet\nresources:\n  near: { kind: storage, size: 1 }\n  far: { kind: storage, size: 1, context: ${site} }\n`,
      )
    const titles = async (context: string) =>
      (await here.occi(`storage list --context ${context} --columns name`)).out.trim()
    write('ifca')
    expect(await here.occi('stack apply --yes')).toMatchObject({ status: 0 })
    expect([await titles('cesnet'), await titles('ifca')]).toEqual(['near', 'far'])
    expect(await here.occi('stack plan')).toMatchObject({ status: 0, out: '' })
    write('cesnet')
    expect((await here.occi('stack plan')).out).toContain('it is at another provider')
    expect(await here.occi('stack apply --yes')).toMatchObject({ status: 0 })
    expect((await titles('cesnet')).split('\n').sort()).toEqual(['far', 'near'])
    expect(await titles('ifca')).toBe('')
    // The state is of another provider than --context names.
    expect(await here.occi('stack plan --context ifca')).toMatchObject({ status: 2 })
    expect(await here.occi('stack destroy --yes')).toMatchObject({ status: 0 })
    expect(await titles('cesnet')).toBe('')
  }, 30_000)
})

describe('any stack', () => {
  const size = fc.integer({ min: 1, max: 50 })
  const machineKeys = fc.record(
    {
      size: fc.constantFrom('small', 'large'),
      os: fc.constantFrom('debian-12', 'ubuntu-24.04'),
      state: fc.constantFrom('active', 'inactive'),
      summary: fc.constantFrom('plain', 'with "quotes"', '${d0.id}'),
      count: fc.integer({ min: 1, max: 3 }),
      storage: fc.subarray(['d0', 'd1']),
      networks: fc.subarray(['n0', 'private']),
      attributes: fc.constantFrom({ 'occi.compute.hostname': 'Web' }, { hostname: 'x' }),
    },
    { requiredKeys: ['size'] },
  )
  const file = fc
    .record({
      sizes: fc.tuple(size, size),
      machines: fc.array(machineKeys, { maxLength: 3 }),
      label: fc.constantFrom('a', 'B'),
    })
    .map(({ sizes, machines, label }) => ({
      name: 'shop',
      resources: {
        private: { kind: 'network', existing: true },
        n0: { kind: 'network', label },
        d0: { kind: 'storage', size: sizes[0] },
        d1: { kind: 'storage', size: `${sizes[1]}G` },
        ...Object.fromEntries(machines.map((keys, at) => [`m${at}`, { kind: 'compute', ...keys }])),
      },
    }))

  it('any stack matches its file after an apply, from any earlier stack too, and is empty after a destroy', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (one, other) => {
        const { done, write, client } = place(JSON.stringify(one))
        const count = async () => {
          let found = 0
          for (const kind of ['compute', 'storage', 'network', 'storagelink', 'networkinterface']) {
            for await (const _ of client.list(kind)) found += 1
          }
          return found
        }
        const before = await count()
        for (const text of [one, other]) {
          write(JSON.stringify(text))
          await done('apply --yes')
          expect(await done('plan')).toBe('')
        }
        await done('destroy --yes')
        expect(await count()).toBe(before)
      }),
      { numRuns: runs(100) },
    )
  }, 120_000)
})

describe('the options of a stack', () => {
  it('the options of a stack accept variables wherever the file is read', () => {
    for (const { path, options } of stackGroup.commands) {
      const names = options.map(({ name }) => name)
      if (names.includes('file') && path[1] !== 'init')
        expect([path[1], names]).toEqual([path[1], expect.arrayContaining(['var'])])
    }
  })

  it('options that choose among sites are not keys of a stack file', async () => {
    const { out } = await machine().occi('schema stack')
    expect(out).toContain('"ssh-key"')
    expect(out).not.toMatch(/"any-of"|"spread"/)
  })
})
