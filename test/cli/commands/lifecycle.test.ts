import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Machine, machine } from '../support/harness.js'

let sandbox: Machine

beforeEach(() => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
})

async function ok(words: string | readonly string[], more = {}): Promise<string> {
  const result = await sandbox.occi(words, more)
  expect([words, result.status, result.err]).toEqual([words, 0, ''])
  return result.out
}

async function json(words: string, more = {}) {
  return JSON.parse(await ok(`${words} -o json`, more))
}

describe('a lifecycle on the command line', () => {
  it('a shell script creates, lists, stops, starts and deletes a machine', async () => {
    const id = (await ok('compute create --os debian-12 --size small --title web --wait -o id')).trim()
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await json(`compute describe ${id}`)).toMatchObject({
      name: 'web',
      state: 'active',
      kindTerm: 'compute',
    })
    expect(await ok(`compute stop ${id} --wait`)).toBe(`${id}\n`)
    expect(await json('compute describe web')).toMatchObject({ state: 'inactive' })
    await ok('compute start web --wait')
    await ok('storage create data --size 10G --wait')
    await ok(`compute link web data --mountpoint /dev/vdb`)
    const { links } = await json('compute describe web')
    expect(links).toMatchObject([
      {
        kindTerm: 'storagelink',
        target: { name: 'data' },
        attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' },
      },
    ])
    await ok(`compute unlink web data`)
    expect((await json('compute describe web')).links).toEqual([])
    await ok(`compute delete ${id} --yes`)
    expect((await sandbox.occi(`compute describe ${id}`)).status).toBe(6)
  })

  it('one create command sets every option and links volume and network', async () => {
    const key = join(sandbox.folder, 'id.pub')
    writeFileSync(
      key,
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM ada@example.org\n',
    )
    await ok('network create mine --address 10.1.0.0/24 --gateway 10.1.0.1 --allocation dynamic --wait')
    await ok('storage create data --size 5 --wait')
    await ok(
      [
        ...'compute create db --os debian-12 --size small --network mine --storage data:/dev/vdb'.split(' '),
        ...['--ssh-key', key, '--user-data', '-', '--summary', 'a, b "c"', '--wait'],
      ],
      { stdin: '#!/bin/sh\necho hello\n' },
    )
    const db = await json('compute describe db')
    expect(db.summary).toBe('a, b "c"')
    expect(db.links.map((link: { kindTerm: string }) => link.kindTerm).sort()).toEqual([
      'networkinterface',
      'storagelink',
    ])
    expect(db.ips[0]).toMatch(/^10\.1\.0\./)
    expect(db.attributes['occi.credentials.ssh.publickey']).toContain(
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM',
    )
    expect(await ok('compute list --columns name,ips')).toBe(`db\t${db.ips[0]}\n`)
    expect(await ok('compute describe db -o ip')).toBe(`${db.ips[0]}\n`)
  })
})

describe('results', () => {
  it('an empty list is [] in JSON and nothing in a pipe', async () => {
    expect(await ok('compute list')).toBe('')
    expect(JSON.parse(await ok('compute list -o json'))).toEqual([])
  })

  it('create, update, stop and delete print JSON, too', async () => {
    expect(await json('compute create web --os debian-12 --size small')).toMatchObject({
      title: 'web',
      kindTerm: 'compute',
    })
    expect(await json('compute update web --title www')).toMatchObject({ title: 'www' })
    expect(await json('compute wait www')).toMatchObject({ state: 'active' })
    expect(await json('compute stop www --wait')).toMatchObject({ state: 'inactive' })
    expect(await json('compute delete www --yes')).toMatchObject({ deleted: true })
  })

  it('several names give an array in their order', async () => {
    for (const name of ['a', 'b', 'c']) await ok(`compute create ${name} --os debian-12 --size small`)
    const names = (records: readonly { name: string }[]) => records.map(({ name }) => name)
    expect(names(await json('compute describe c a'))).toEqual(['c', 'a'])
    expect(names(await json('compute wait -', { stdin: 'b\na\n' }))).toEqual(['b', 'a'])
  })

  it('a result on a terminal says on standard error what changed and suggests the next command', async () => {
    const { status, out, err } = await sandbox.occi('compute create web --os debian-12 --size small', {
      terminal: true,
    })
    expect(status).toBe(0)
    expect(out).toMatch(/^NAME +web\nSTATE +inactive\n$/)
    expect(err).toMatch(/Created virtual machine web/)
    expect(err).toMatch(/^Next: occi compute wait web$/m)
    const deleted = await sandbox.occi('compute delete web --yes', { terminal: true })
    expect(deleted).toMatchObject({ status: 0, out: '' })
    expect(deleted.err).toContain('Deleted virtual machine web.')
  })
})

describe('deleting', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b']) await ok(`compute create ${name} --os debian-12 --size small`)
  })

  it('delete asks on a terminal and deletes nothing when the answer is no', async () => {
    const { CancelledError } = await import('../../../src/errors/errors.js')
    const asked: string[] = []
    const confirm = async ({ message }: { message: string }) => {
      asked.push(message)
      throw new CancelledError('Cancelled; nothing was changed.')
    }
    const { status } = await sandbox.occi('compute delete a', { terminal: true, prompts: { confirm } })
    expect(status).toBe(3)
    expect(asked[0]).toContain('a')
    expect(await json('compute list')).toHaveLength(2)
  })

  it('delete needs --yes without a terminal', async () => {
    const { status, err } = await sandbox.occi('compute delete a')
    expect(status).toBe(2)
    expect(err).toContain('--yes')
    expect(await json('compute list')).toHaveLength(2)
  })

  it('deleting a whole collection needs --all as well as --yes', async () => {
    expect((await sandbox.occi('compute delete --yes')).status).toBe(2)
    expect((await sandbox.occi('compute delete --all')).status).toBe(2)
    expect((await sandbox.occi('compute delete a --all --yes')).status).toBe(2)
    expect(await json('compute list')).toHaveLength(2)
    expect((await ok('compute delete --all --yes')).split('\n')).toHaveLength(3)
    expect(await json('compute list')).toEqual([])
  })

  it('deleting several entities continues after a failure, lists it, and ends with 8', async () => {
    const { status, out, err } = await sandbox.occi('compute delete a nothing b --yes')
    expect(status).toBe(8)
    expect(out.trim().split('\n')).toHaveLength(2)
    expect(err).toContain('1 of 3 failed')
    expect(err).toContain('nothing: ')
  })
})

describe('other nouns', () => {
  it('a kind of the provider is a noun by its term', async () => {
    expect((await sandbox.occi('ipnetwork list')).status).toBeLessThan(3)
    expect(await ok('storagelink list')).toBe('')
    const { status, out } = await sandbox.occi('networkinterface --help')
    expect(status).toBe(0)
    expect(out).toContain('occi networkinterface')
  })

  it('link list lists all links, and those of one machine', async () => {
    await ok('network create n --wait')
    await ok('compute create web --os debian-12 --size small --network n --wait')
    expect(await json('link list')).toMatchObject([
      { kindTerm: 'networkinterface', target: { kindTerm: 'network' } },
    ])
    const [link] = await json('link list --of web')
    expect(await json(`link describe ${link.url}`)).toMatchObject({ kindTerm: 'networkinterface' })
    await ok(`link delete ${link.url} --yes`)
    expect(await json('link list')).toEqual([])
  })

  it('mixin list lists images and sizes, model list the categories', async () => {
    expect(await ok('mixin list --of os_tpl --search debian')).toContain('debian-12\t')
    expect(await json('mixin describe small')).toMatchObject({ class: 'mixin', term: 'small' })
    const all = await json('model')
    for (const part of ['kind', 'mixin', 'action']) {
      const listed = await json(`model ${part}s`)
      expect(listed.length).toBeGreaterThan(3)
      expect(listed).toEqual(all.filter((category: { class: string }) => category.class === part))
    }
    expect(await json('model describe compute')).toMatchObject({
      attributes: { 'occi.compute.cores': { mutable: true } },
    })
  })

  it('sandbox reset deletes the state of the practice cloud', async () => {
    await ok('compute create web --os debian-12 --size small')
    await ok('sandbox reset')
    expect(await json('compute list')).toEqual([])
  })
})

describe('Ctrl-C', () => {
  // Guarantee: interrupted-tells-what-exists
  it('Ctrl-C ends a wait with 130, and the message names what was created', async () => {
    const interruption = new AbortController()
    const slow = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    const running = slow.occi('compute create web --os debian-12 --size small --wait', {
      signal: interruption.signal,
      onSleep: () => interruption.abort(130),
    })
    const { status, err } = await running
    expect(status).toBe(130)
    expect(err).toMatch(/exists already: http:\/\/sandbox\/compute\//)
  })
})
