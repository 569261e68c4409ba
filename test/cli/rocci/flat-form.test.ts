import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dump } from '../../../src/cli/rocci/dump.js'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { machine } from '../support/harness.js'

async function served(as: string) {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
  const server = await serveSandbox(sandbox, { basePath })
  onTestFinished(() => server.close())
  return server.endpoint
}

describe('the flat form', () => {
  it('the flat form sends the bytes of a file with user data', async () => {
    const endpoint = await served('occi-os')
    const { occi, folder } = machine()
    const bytes = gzipSync('#!/bin/sh\necho hello\n')
    writeFileSync(join(folder, 'user-data.gz'), bytes)
    const line = [
      ...['-e', endpoint, '-a', 'create', '-r', 'compute', '-t', 'occi.core.title=web'],
      ...['-M', 'os_tpl#cirros-0.3.0-x86_64-blank'],
    ]
    const made = await occi([...line, '-T', `user_data=file://${join(folder, 'user-data.gz')}`])
    expect(made).toMatchObject({ status: 0, err: '' })
    const shown = await occi(['-e', endpoint, '-a', 'describe', '-r', made.out.trim()])
    expect(shown.out).toContain(`org.openstack.compute.user_data = ${bytes.toString('base64')}\n`)
  })

  it('the flat form reports a missing file before it connects', async () => {
    const { status, out, err } = await machine().occi([
      ...['-e', 'sandbox:', '-a', 'create', '-r', 'compute', '-M', 'os_tpl#debian-12'],
      ...['-t', 'occi.core.title=x', '-T', 'user_data=file:///Nope'],
    ])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toContain('File does not exist! "/Nope"')
  })

  it.each([
    ['a value after a flag', ['--voms', 'fedcloud.egi.eu']],
    ['the name of a command after a flag', ['--voms', 'compute']],
    ['Python', ['--voms', 'True']],
    ['words at the end', ['now', '2']],
    ['what follows --', ['--', '-r', 'network']],
  ])('the flat form ignores %s without a message', async (_, words) => {
    const { occi } = machine()
    const list = ['-e', 'sandbox:', '--action', 'list', '--resource', 'os_tpl']
    const plain = await occi(list)
    expect(plain.out).toContain('#debian-12\n')
    expect(await occi([...list, ...words])).toEqual(plain)
  })

  it('the flat form ignores its own name', async () => {
    const { status, err } = await machine().occi('occi -e sandbox: -a list -r compute')
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  it("the flat form with --debug writes each exchange as Ruby's Net::HTTP did", async () => {
    const { occi } = machine()
    const endpoint = await served('rocci-server')
    await occi(`-e ${endpoint} -a create -r compute -M os_tpl#debian6 -t occi.core.title=web`)
    const { err } = await occi(`-e ${endpoint} -d -a describe -r compute`)
    expect(err).toMatch(/^<- "GET \/compute\/\S+ HTTP\/1\.1\\r\\n/m)
    expect(err).toMatch(/^-> "HTTP\/1\.1 200 OK\\r\\n"$/m)
    expect(err).toMatch(/^-> "Category: compute;.*\\nX-OCCI-Attribute: occi\.core\.title=\\"web\\"/m)
  })

  it("the flat form with --debug escapes what is received as Ruby's String#dump does", () => {
    expect(dump('a "b"\\ \r\n\t\x1b[31mé #{x} #y')).toBe(
      '"a \\"b\\"\\\\ \\r\\n\\t\\e[31m\\xC3\\xA9 \\#{x} #y"',
    )
  })

  it('the flat form prints a version for each part of rOCCI-cli', async () => {
    const { occi } = machine()
    const version = (await occi('--debug --version')).out
    expect(version).toMatch(/^CLI: {2}(\S+)\nAPI: {2}\1\nCore: \1\n$/)
    expect((await occi('-d -v')).out).toBe(version)
  })

  it.each([
    ['--interactive -a list -r compute', 'Invalid option: --interactive'],
    ['-a create -r compute --resource-title x', 'Invalid option: --resource-title'],
    ['-a create -r compute -t occi.core.title=x', 'Missing required arguments: links'],
    [
      '-a create -r compute -M os_tpl#x -t occi.core.summary=x',
      'Missing required arguments: occi.core.title',
    ],
    ['-a create -r network', 'Missing required arguments: attributes'],
    ['-a trigger', 'Missing required arguments: trigger_action, resource'],
    ['-a list -r compute -k 0', 'Timeout has to be a number larger than 0!'],
    ['-a list -r compute -x /Nope', 'File specified in --user-cred is not a file!'],
    ['-a list -r compute -c /Nope', 'Path specified in --ca-path is not a directory!'],
  ])('the flat form refuses %s in the words of rOCCI-cli, with 1', async (line, words) => {
    const { status, out, err } = await machine().occi(line)
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err.startsWith(`${words}\nUsage: occi [OPTIONS]`)).toBe(true)
  })

  it('the flat form creates at snf-occi without --media-type', async () => {
    const endpoint = await served('snf-occi')
    const made = await machine().occi([
      ...['-e', endpoint, '-a', 'create', '-r', 'compute', '-t', 'occi.core.title=web'],
      ...['-M', 'http://schemas.ogf.org/occi/infrastructure#Debian'],
      ...['-M', 'http://schemas.ogf.org/occi/infrastructure#c1r1024d20'],
    ])
    expect(made).toMatchObject({ status: 0, err: '' })
    expect(made.out).toMatch(/\/compute\/\d+\n$/)
  })
})

describe('--media-type', () => {
  const types = ['application/occi+json', 'text/plain', 'text/occi', 'text/plain,text/occi']

  it.each([
    ['ooi', '512', ['os_tpl', 'resource_tpl']],
    ['snf-occi', '1024', ['os_tpl', 'resource_tpl']],
    ['snf-occi-2016', '1024', ['os_tpl', 'resource_tpl']],
    ['occi-1.1', '0.5', ['os_tpl', 'resource_tpl']],
  ])('the flat form prints the memory of a machine at %s as received: %s', async (as, memory, templates) => {
    const endpoint = await served(as)
    const { occi } = machine()
    const mixins: string[] = []
    for (const template of templates)
      mixins.push('-M', (await occi(`-e ${endpoint} -a list -r ${template}`)).out.split('\n')[0] ?? '')
    const made = await occi([
      ...['-e', endpoint, '-a', 'create', '-r', 'compute', '-t', 'occi.core.title=web'],
      ...mixins,
    ])
    for (const type of types) {
      for (const resource of [made.out.trim(), 'compute']) {
        const { status, out, err } = await occi(`-e ${endpoint} -a describe -r ${resource} -y ${type}`)
        expect({ type, status, err }).toEqual({ type, status: 0, err: '' })
        expect(out).toContain(`occi.compute.memory = ${memory}\n`)
      }
    }
  })

  it.each(types)('the flat form updates the size at rOCCI-server 2.0 with %s', async (type) => {
    const endpoint = await served('rocci-server-2')
    const { occi } = machine()
    const made = await occi(
      `-e ${endpoint} -a create -r compute -M os_tpl#appl0 -M resource_tpl#small -t occi.core.title=web`,
    )
    const location = made.out.trim()
    for (const resource of [location, new URL(location).pathname]) {
      for (const [size, cores] of [
        ['large', 4],
        ['small', 1],
      ] as const) {
        const updated = await occi(
          `-e ${endpoint} -a update -r ${resource} -M resource_tpl#${size} -y ${type}`,
        )
        expect(updated).toEqual({ status: 0, out: '', err: '' })
        const { out } = await occi(`-e ${endpoint} -a describe -r ${resource} -y ${type}`)
        expect(out).toContain(`occi.compute.cores = ${cores}\n`)
        expect(out).toMatch(new RegExp(`resource_tpl#${size} `))
      }
    }
  })
})

describe('unlink', () => {
  async function linked() {
    const { occi } = machine()
    const run = async (line: string) => (await occi(`-e sandbox: ${line}`)).out.trim()
    const web = await run('-a create -r compute -M os_tpl#debian-12 -t occi.core.title=web')
    const disk = await run('-a create -r storage -t occi.core.title=disk,occi.storage.size=num(1)')
    const link = await run(`-a link -r ${web} -j ${disk}`)
    return { occi, run, web, disk, link }
  }

  it('unlink of a link deletes it', async () => {
    const { occi, run, web, link } = await linked()
    expect(await occi(`-e sandbox: -a unlink -r ${link}`)).toEqual({ status: 0, out: '', err: '' })
    expect(await run(`-a describe -r ${web}`)).not.toContain('storagelink')
  })

  it.each([
    ['a machine with --link', ({ web, disk }: Record<string, unknown>) => `-r ${web} -j ${disk}`],
    ['a machine', ({ web }: Record<string, unknown>) => `-r ${web}`],
    ['a volume', ({ disk }: Record<string, unknown>) => `-r ${disk}`],
  ])('unlink refuses %s with an explanation', async (_, words) => {
    const all = await linked()
    const { status, out, err } = await all.occi(`-e sandbox: -a unlink ${words(all)}`)
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toContain('the location of the link')
    expect(await all.run('-a list -r compute')).toBe(all.web)
    expect(await all.run('-a list -r storage')).toContain(all.disk)
  })
})
