import { describe, expect, it } from 'vitest'
import { translateScript } from '../../../src/cli/rocci/script.js'
import { Shell } from '../../../src/cli/rocci/shell.js'
import { machine } from '../support/harness.js'

/** A line in the old form and its translation, each in a cloud of its own, leave the same behind. */
const commands: ReadonlySet<string> = new Set(['compute', 'storage', 'network', 'link', 'mixin', 'model'])

async function cloud() {
  const { occi } = machine()
  const old = async (line: string) => (await occi(wordsOf(line))).out.trim()
  const web = await old(
    `occi -e sandbox: -a create -r compute -M os_tpl#debian-12 -M resource_tpl#small -t occi.core.title=web -w 600`,
  )
  const disk = await old(
    "occi -e sandbox: -a create -r storage -t 'occi.core.title=disk' -t 'occi.storage.size=num(1)'",
  )
  const link = await old(`occi -e sandbox: -a link -r ${web} -j ${disk}`)
  const [network = ''] = (await old('occi -e sandbox: -a list -r network')).split('\n')
  const fill = (line: string) =>
    line.replaceAll('WEB', web).replaceAll('DISK', disk).replaceAll('LINK', link).replaceAll('NET', network)
  const left = async () => {
    const shown: string[] = []
    for (const kind of ['compute', 'storage', 'network', 'storagelink', 'networkinterface'])
      shown.push(await old(`occi -e sandbox: -a describe -r ${kind}`))
    return anonymous(shown.join('\n'))
  }
  return { occi, fill, left }
}

/** Identifiers and addresses are chosen anew in each cloud. */
function anonymous(text: string): string {
  const names = new Map<string, string>()
  return text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, (id) => {
    if (!names.has(id)) names.set(id, `#${names.size}`)
    return names.get(id) ?? id
  })
}

function wordsOf(line: string): readonly string[] {
  const words = new Shell(line, (inner) => inner).commands.at(-1)?.words ?? []
  return words.slice(1).map(({ text }) => text)
}

describe('a translated line does what the old one did', () => {
  it.each([
    [
      'create with image and size',
      "-a create -r compute -M os_tpl#debian-12 -M resource_tpl#small -t occi.core.title='My VM'",
    ],
    [
      'create with capitals in the title',
      '-a create -r compute -M os_tpl#debian-12 -t occi.core.title=Web-1',
    ],
    [
      'create with attributes',
      '-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x,occi.core.summary=y',
    ],
    ['create with a link', '-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x -j NET -j DISK'],
    ['create with links and no image', '-a create -r compute -t occi.core.title=x -j NET,DISK'],
    ['create and wait', '-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x -w 60'],
    [
      'create with a key',
      "-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x -T 'public_key=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM me'",
    ],
    ['create a volume', "-a create -r storage -t 'occi.core.title=d' -t 'occi.storage.size=num(10)'"],
    ['create a network', '-a create -r network -t occi.core.title=n'],
    ['link a network', '-a link -r WEB -j NET'],
    ['unlink', '-a unlink -r LINK'],
    ['stop', '-a trigger -r WEB -g stop'],
    [
      'stop by identifier',
      "-a trigger -r WEB -g 'http://schemas.ogf.org/occi/infrastructure/compute/action#stop'",
    ],
    ['delete', '-a delete -r WEB'],
    ['delete all', '-a delete -r compute'],
    ['update the size', '-a update -r WEB -M resource_tpl#large'],
    ['delete a volume by its path', '-a delete -r DISK'],
    ['delete all networks', '-a delete -r network'],
    ['stop all machines', '-a trigger -r compute -g stop'],
    [
      "link a volume in rOCCI-cli's long form",
      '--action link --resource WEB --link NET --mixin http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface',
    ],
    [
      'create a network with addresses',
      "-a create -r network -M http://schemas.ogf.org/occi/infrastructure/network#ipnetwork -t occi.core.title=n -t 'occi.network.address=192.168.0.0/24'",
    ],
    [
      'create by identifiers',
      '-a create -r http://schemas.ogf.org/occi/infrastructure#compute -M http://sandbox.example.org/occi/os_tpl#debian-12 -t occi.core.title=x',
    ],
    [
      'create with abbreviations, repeated options and stray words',
      '--act create --res network --resource=compute --voms vo -M os_tpl#debian-12,resource_tpl#small -t occi.core.title=x',
    ],
    [
      'create with numbers',
      "-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x -t 'occi.compute.cores=num(2)' -t 'occi.compute.memory=float(2.5)'",
    ],
    [
      'create with user data',
      "-a create -r compute -M os_tpl#debian-12 -t occi.core.title=x -T 'user_data=#!/bin/sh'",
    ],
    ['describe', '-a describe -r WEB'],
    ['describe all in JSON', '-a describe -r compute -o json'],
    ['describe an image', '-a describe -r os_tpl#debian-12'],
    ['discover', '-a discover -i link'],
    ['dump the model', '-m'],
    ['list', '-a list -r compute'],
    ['list images', '-a list -r os_tpl'],
  ])('the translated command does the same as the old one: %s', async (_, line) => {
    const [before, after] = [await cloud(), await cloud()]
    const old = before.fill(`occi -e sandbox: ${line}`)
    const then = await before.occi(wordsOf(old))
    const { text } = translateScript(after.fill(`occi -e sandbox: ${line}`), commands, { comments: false })
    const piped = /^printf (?:'%s(\\n)'|%s) '(.*)' \| /.exec(text)
    const stdin = piped === null ? {} : { stdin: `${piped[2]}${piped[1] === undefined ? '' : '\n'}` }
    const now = await after.occi(wordsOf(text), stdin)
    expect([then.status, now.status, text]).toEqual([0, 0, text])
    expect(await after.left()).toBe(await before.left())
    if (/-a (list|create|link) /.test(line))
      expect(anonymous(now.out.trim())).toBe(anonymous(then.out.trim()))
  })
})
