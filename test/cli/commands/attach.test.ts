/** `occi storage create --attach-to VM`: created and attached, or nothing left of it, or said how to go on. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Outcome, unreliable } from '../../support/unreliable.js'
import { machine } from '../support/harness.js'

async function withMachine() {
  const place = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const { occi } = place
  expect((await occi('compute create web --os debian-12 --size small --wait -o name')).status).toBe(0)
  const json = async (words: string) => {
    const { out, err } = await occi(`${words} -o json`)
    expect(err).toBe('')
    return JSON.parse(out) as Readonly<Record<string, unknown>>
  }
  return { ...place, json }
}

describe('occi storage create --attach-to', () => {
  it('--attach-to waits until the volume is online, attaches it, and shows both', async () => {
    const { json } = await withMachine()
    const volume = await json('storage create data --size 10 --attach-to web --mountpoint /dev/vdb')
    expect(volume).toMatchObject({
      name: 'data',
      state: 'online',
      attachment: {
        kindTerm: 'storagelink',
        target: { url: volume['url'] },
        attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' },
      },
    })
    const links = (await json('compute describe web'))['links'] as readonly { target: { url: string } }[]
    expect(links.map(({ target }) => target.url)).toContain(volume['url'])
  })

  it('storage create --attach-to says on a terminal what was done, and with --wait waits for the link, too', async () => {
    const { occi } = await withMachine()
    const { status, err } = await occi('storage create data --size 10 --attach-to web --wait', {
      terminal: true,
    })
    expect(status).toBe(0)
    expect(err).toContain('Created volume data (online).\nAttached data to web.\nNext: ')
  })

  it('attaches several, and with --if-not-exists one that exists, but not twice', async () => {
    const { occi, json } = await withMachine()
    expect((await occi('storage create data --size 1 --count 2 --attach-to web')).status).toBe(0)
    const again = await occi('storage create data-1 --size 1 --if-not-exists --attach-to web', {
      terminal: true,
    })
    expect(again.err).toContain('data-1 is attached to web already.')
    expect((await occi('storage create old --size 1')).status).toBe(0)
    expect((await occi('storage create old --size 1 --if-not-exists --attach-to web')).status).toBe(0)
    expect((await json('compute describe web'))['links']).toHaveLength(3)
  })

  it.each([
    ['--attach-to nothing', 6, '--attach-to'],
    ['--mountpoint /dev/vdb', 2, 'requires --attach-to'],
    [
      '--attach-to web --mountpoint /dev/vdb --count 2',
      2,
      '--mountpoint and --count cannot be used together',
    ],
  ])('%s is refused before anything is created', async (options, code, message) => {
    const { occi } = await withMachine()
    const { status, err } = await occi(`storage create data --size 10 ${options}`)
    expect(status).toBe(code)
    expect(err).toContain(message)
    expect((await occi('storage list -o name')).out).toBe('')
  })

  it('--dry-run shows both requests, and creates nothing', async () => {
    const { occi } = await withMachine()
    const { status, out } = await occi('storage create data --size 10 --attach-to web --dry-run')
    expect(status).toBe(0)
    expect(out.match(/^POST \S+/gm)).toEqual(['POST /storage/', 'POST /storagelink/'])
    expect((await occi('storage list -o name')).out).toBe('')
  })
})

const linking = (line: string) => line.startsWith('POST /storagelink')

async function behind(fate: (line: string) => Outcome) {
  const cloud = await unreliable(fate, 'occi-1.2')
  onTestFinished(() => cloud.close())
  const { occi } = machine({ env: { OCCI_ENDPOINT: cloud.endpoint, OCCI_RETRIES: '0' } })
  expect((await occi('compute create web --os debian-12 --size small -o name')).status).toBe(0)
  const volumes = async () => JSON.parse((await occi('storage list -o json')).out) as { url: string }[]
  const links = async () =>
    (JSON.parse((await occi('compute describe web -o json')).out) as { links: readonly unknown[] }).links
  return { occi, volumes, links }
}

describe('a volume that cannot be attached', () => {
  it('a refused attachment deletes the volume again, and the error says so', async () => {
    const { occi, volumes } = await behind((line) => (linking(line) ? { status: 409 } : 'served'))
    const { status, out, err } = await occi('storage create data --size 1 --attach-to web')
    expect([status, out]).toEqual([8, ''])
    expect(err).toMatch(/data was created, but is not attached to web: [\s\S]*it was deleted again/)
    expect(err).toContain('--keep-on-failure')
    expect(await volumes()).toEqual([])
  })

  it('--keep-on-failure keeps the volume, and the error has the command that attaches it', async () => {
    const { occi, volumes } = await behind((line) => (linking(line) ? { status: 409 } : 'served'))
    const words = 'storage create data --size 1 --attach-to web --mountpoint /dev/vdb --keep-on-failure'
    const { status, err } = await occi(`${words} -o json`)
    const [volume] = await volumes()
    const { error } = JSON.parse(err) as { error: { hint: string; facts: { created: string } } }
    expect([status, error.facts.created]).toEqual([8, volume?.url])
    expect(error.hint).toContain(
      `occi compute link web ${volume?.url.split('/').at(-1)} --mountpoint /dev/vdb`,
    )
  })

  it('a lost answer to the attachment keeps the volume, prints it, and says how to go on', async () => {
    const { occi, volumes } = await behind((line) => (linking(line) ? 'dropped' : 'served'))
    const { status, out, err } = await occi('storage create data --size 1 --attach-to web -o json')
    const [volume] = await volumes()
    expect(status).not.toBe(0)
    expect(JSON.parse(out)).toMatchObject({ url: volume?.url })
    expect(JSON.parse(err)).toMatchObject({
      error: { hint: expect.stringContaining('occi compute link web'), facts: { created: volume?.url } },
    })
  })

  it.each([
    ['lost', 1],
    ['dropped', 0],
  ] as const)(
    'if the response to the attachment is %s, the error says that the volume may not be attached',
    async (fate, count) => {
      const { occi, links } = await behind((line) => (linking(line) ? fate : 'served'))
      const { status, err } = await occi('storage create data --size 1 --attach-to web -o json')
      expect(status).not.toBe(0)
      expect(await links()).toHaveLength(count)
      const { error } = JSON.parse(err) as { error: { message: string; hint: string } }
      expect(error.message).toContain('data was created, but may not be attached to web: ')
      expect(error.hint).toContain('See whether it is attached: occi compute describe web. If it is not: ')
    },
  )

  it.each([403, 404])(
    'a wait for the link that fails with %d deletes nothing, and the error says that the volume is attached',
    async (code) => {
      let isFailing = true
      const { occi, volumes, links } = await behind((line) =>
        isFailing && /^GET \/storagelink\/./.test(line) ? { status: code } : 'served',
      )
      const { status, out, err } = await occi('storage create data --size 1 --attach-to web --wait -o json')
      isFailing = false
      const [volume] = await volumes()
      expect(status).not.toBe(0)
      expect(JSON.parse(out)).toMatchObject({ url: volume?.url, attachment: { url: expect.any(String) } })
      const { error } = JSON.parse(err) as { error: { message: string; hint?: string } }
      expect(error.message).toContain('data was attached to web, but the link is not known to be active: ')
      expect(error.hint ?? '').not.toContain('occi compute link')
      expect(await links()).toHaveLength(1)
    },
  )
})
