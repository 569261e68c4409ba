import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Prompts } from '../../../src/cli/prompts.js'
import { machine } from '../support/harness.js'

/** Answers questions by their message: a label that a choice begins with, or a text. */
function answering(answers: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const prompts: Partial<Prompts> = {
    search: async (question, choices) => {
      asked.push(question.message)
      const wanted = answers[question.message] ?? ''
      const found = choices.find(({ label, hint = '' }) => `${label} ${hint}`.includes(wanted))
      if (found === undefined) throw new Error(`No choice "${wanted}" for ${question.message}`)
      return found.value
    },
    text: async (question, initial) => {
      asked.push(question.message)
      return answers[question.message] ?? initial ?? ''
    },
  }
  return { asked, place: { terminal: true, prompts } as const }
}

const at = '--endpoint sandbox:'

describe('creating without arguments on a terminal', () => {
  it('compute create asks for image, size, network, key, name and count, and shows the command line', async () => {
    const { occi, folder: home } = machine()
    mkdirSync(join(home, '.ssh'))
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJf5zXo0dm9vFQw5mB3mUj7w1uH3l6Oq2u8tq3y0s2nV ada'
    writeFileSync(join(home, '.ssh/id_ed25519.pub'), `${key}\n`)
    const { asked, place } = answering({
      Image: 'debian-12',
      Size: 'small',
      Network: 'private',
      Name: 'web',
      'How many': '2',
    })
    const { status, err } = await occi(`compute create ${at}`, place)
    expect(asked).toEqual(['Image', 'Size', 'Network', 'Key to log in with', 'Name', 'How many'])
    expect(status).toBe(0)
    expect(err).toContain(
      `Equivalent command:\n  occi compute create web --os debian-12 --size small --network private --ssh-key ${home}/.ssh/id_ed25519.pub --count 2`,
    )
    const { out } = await occi(`compute list -o value --columns name ${at}`)
    expect(out).toBe('web-1\nweb-2\n')
  })

  it('storage create asks for name and size, link create for both ends', async () => {
    const { occi } = machine()
    const volume = answering({ Name: 'data' })
    expect((await occi(`storage create ${at}`, volume.place)).err).toContain(
      'occi storage create data --size 10',
    )
    await occi(`compute create web --os debian-12 --size small --wait ${at}`)
    const ends = answering({ 'Which machine': 'web', 'Linked with': 'data' })
    const { status, err } = await occi(`link create ${at}`, ends.place)
    expect(err).toContain('Equivalent command:\n  occi link create web data')
    expect(status).toBe(0)
  })

  it('create does not ask in a pipe, with --no-input, or when an argument is given', async () => {
    const { occi } = machine()
    expect(await occi('compute create', { env: { OCCI_ENDPOINT: 'sandbox:' } })).toMatchObject({
      status: 2,
      err: expect.stringContaining('"occi compute create" requires a name or an option'),
    })
    expect(await occi(`link create ${at}`)).toMatchObject({
      status: 2,
      err: expect.stringContaining('SOURCE is missing: occi link create SOURCE TARGET'),
    })
    const { asked, place } = answering({})
    await occi(`compute create --os debian-12 --size small ${at}`, place)
    expect(asked).toEqual([])
  })
})
