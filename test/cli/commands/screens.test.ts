/** What people see on a terminal; a pipe gets values (formats.test.ts). */
import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

const at = ' --endpoint sandbox:'
const onTerminal = { terminal: true, width: 80 } as const

async function withMachines() {
  const { occi } = machine()
  await occi(`network create lan --address 10.1.0.0/24 --allocation dynamic --wait${at}`)
  await occi(`storage create data --size 10 --wait${at}`)
  await occi(`compute create web --os debian-12 --size small --network lan --storage data --wait${at}`)
  return occi
}

describe('on a terminal', () => {
  it('a creation on a terminal prints name, state and address, and the next command by name', async () => {
    const occi = await withMachines()
    const { out, err } = await occi(
      `compute create db --os debian-12 --size small --network lan --wait${at}`,
      onTerminal,
    )
    expect(out).toMatch(/^NAME +db\nSTATE +active\nIPS +[\d.]+\n$/)
    expect(err).toMatch(/^Next: occi compute describe db$/m)
    const whole = await occi(`compute create db2 --os debian-12 --size small -o table${at}`, onTerminal)
    expect(whole.out).toMatch(/^ {2}occi\.compute\.cores +1$/m)
  })

  it('sizes and memory have units in tables and none in a pipe', async () => {
    const occi = await withMachines()
    expect((await occi(`compute list${at}`, onTerminal)).out).toMatch(/ 2 GiB$/m)
    expect((await occi(`storage list${at}`, onTerminal)).out).toMatch(/ 10 GiB$/m)
    expect((await occi(`compute describe web${at}`, onTerminal)).out).toMatch(
      /^ {2}occi\.compute\.memory +2 GiB$/m,
    )
    expect((await occi(`storage list${at}`)).out).toMatch(/\t10$/m)
    expect((await occi(`compute describe web${at}`)).out).toMatch(/^occi\.compute\.memory\t2$/m)
  })

  it('link list names the linked resources, and compute describe shows image, size and the ids of links', async () => {
    const occi = await withMachines()
    const links = await occi(`link list --columns source,target${at}`, onTerminal)
    expect(links.out).toMatch(/^web +data$/m)
    expect(links.out).toMatch(/^web +lan$/m)
    const { out } = await occi(`compute describe web${at}`, onTerminal)
    expect(out).toMatch(/^IMAGE +.*debian-12/m)
    expect(out).toMatch(/^SIZE +Small/m)
    expect(out).toMatch(/storagelink → data \(.*link/)
    expect((await occi(`compute describe web${at}`)).out).not.toMatch(/^image/m)
  })

  it('history shows how long ago each change was, with the names that were given', async () => {
    const occi = await withMachines()
    const { out } = await occi('history', onTerminal)
    expect(out).toMatch(/(just now|ago) +compute create web/)
    expect(JSON.parse((await occi('history -o json')).out).at(-1)).toMatchObject({
      command: 'compute create',
      names: ['web'],
    })
  })

  it('an empty list on a terminal suggests the next command', async () => {
    const { occi } = machine()
    expect((await occi(`compute list${at}`, onTerminal)).err).toContain('Next: occi compute create')
    expect((await occi(`link list${at}`, onTerminal)).err).toContain('Next: occi compute link')
    expect((await occi(`ip list${at}`, onTerminal)).err).toContain('Next: occi ip attach')
  })

  it('an error begins with a red "error:" where colour is on, and is wrapped at words', async () => {
    const { occi } = machine()
    const words = `compute create x --os no-image-of-a-name-so-long-that-the-line-does-not-fit-the-terminal${at}`
    const coloured = await occi(words, { ...onTerminal, color: true })
    expect(coloured.err).toMatch(/^\u001b\[31merror:\u001b\[39m /)
    const plain = await occi(words)
    expect(plain.err).toMatch(/^occi: /)
    const wrapped = await occi(words, onTerminal)
    expect(wrapped.err.split(/\s+/).join(' ')).toBe(plain.err.split(/\s+/).join(' '))
    for (const line of wrapped.err.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
