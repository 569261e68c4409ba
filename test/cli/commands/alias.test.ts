import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

/** A machine whose context, the practice cloud, has aliases for an image, a size and a network. */
async function prepared() {
  const at = machine()
  await at.occi('context add practice --endpoint sandbox:')
  for (const words of [
    'os debian debian-12',
    'size tiny small',
    'network outside public',
    'os nowhere debian-99',
  ]) {
    expect(await at.occi(`context alias practice ${words}`)).toMatchObject({ status: 0 })
  }
  return at
}

describe('aliases of a context', () => {
  it('aliases are resolved in --os, --size, --network and explain', async () => {
    const at = await prepared()
    const made = await at.occi('compute create web --os debian --size tiny --network outside -o json')
    expect(made).toMatchObject({ status: 0 })
    const { mixins, links } = JSON.parse(made.out)
    expect(mixins.map((id: string) => id.replace(/.*#/, ''))).toEqual(
      expect.arrayContaining(['debian-12', 'small']),
    )
    expect(links).toHaveLength(1)
    expect((await at.occi('explain debian -o json --query term')).out).toBe('"debian-12"\n')
    expect((await at.occi('compute update web --size tiny')).status).toBe(0)
  })

  it('an alias takes precedence over a template of the same name', async () => {
    const at = await prepared()
    await at.occi('context alias practice size large small')
    const { out } = await at.occi('compute create web --os debian --size large -o json')
    expect(JSON.parse(out).mixins.join(' ')).toMatch(/#small\b/)
  })

  it('the error for an alias whose target is missing names the alias', async () => {
    const at = await prepared()
    expect(await at.occi('compute create web --os nowhere')).toMatchObject({
      status: 2,
      err: expect.stringContaining('In context practice, os "nowhere" is an alias for "debian-99".'),
    })
    expect((await at.occi('explain nowhere')).err).toContain('is an alias for "debian-99"')
  })

  it('aliases of a context do not apply to another endpoint', async () => {
    const at = await prepared()
    await at.occi('context set practice --endpoint http://127.0.0.1:9/')
    const { status, err } = await at.occi('compute create web --os debian -e sandbox:')
    expect(status).toBe(2)
    expect(err).toContain('"debian"')
  })

  it('aliases are listed, shown and removed, and can be written by hand', async () => {
    const at = await prepared()
    expect((await at.occi('context alias -o tsv --no-header')).out.split('\n')).toContain(
      'practice\tos\tdebian\tdebian-12',
    )
    expect((await at.occi('context alias practice size -o id')).out).toBe('small\n')
    expect((await at.occi('context alias practice size tiny -o id')).out).toBe('small\n')
    expect((await at.occi('context show practice')).out).toContain('size tiny: small')
    expect((await at.occi('context alias practice size tiny --remove')).status).toBe(0)
    expect((await at.occi('context alias practice size -o json')).out).toBe('[]\n')
    const file = join(at.folder, 'config/config.json')
    const content = JSON.parse(readFileSync(file, 'utf8'))
    content.contexts.practice.aliases = { network: { outside: 24 } }
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 })
    expect((await at.occi('context alias -o json --query [0].target')).out).toBe('"24"\n')
  })

  it.each([
    ['context alias nowhere os a b', 2, 'There is no context "nowhere"'],
    ['context alias practice image a b', 2, 'There are no aliases for "image"'],
    ['context alias practice siz a b', 2, 'Did you mean size?'],
    ['context alias practice os debain', 6, 'Did you mean debian?'],
    ['context alias practice os debain --remove', 6, 'Did you mean debian?'],
    ['context alias practice os --remove', 2, '--remove requires CONTEXT, FAMILY and ALIAS'],
    ['context alias practice os a b c', 2, 'Too many arguments'],
  ])('occi %s ends with %d', async (words, status, message) => {
    const at = await prepared()
    const result = await at.occi(words)
    expect(result).toMatchObject({ status })
    expect(result.err).toContain(message)
  })

  it.each([[''], [' a'], ['a\nb'], ['x'.repeat(501)]])('an alias cannot have the name %j', async (word) => {
    const at = await prepared()
    expect(await at.occi(['context', 'alias', 'practice', 'os', word, 'x'])).toMatchObject({ status: 2 })
  })
})
