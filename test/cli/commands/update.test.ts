/** `occi NOUN update` says what changed: old and new values. */
import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

async function withMachine() {
  const { occi } = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const created = await occi('compute create web --os debian-12 --size small --wait -o id')
  expect(created.status).toBe(0)
  return { occi, id: created.out.trim() }
}

describe('occi compute update', () => {
  it('an update on a terminal shows the old and the new value of each attribute', async () => {
    const { occi } = await withMachine()
    const { status, err } = await occi('compute update web cores=4 --title www', { terminal: true })
    expect(status).toBe(0)
    expect(err).toContain('Updated virtual machine www: title web → www, cores 1 → 4.')
  })

  it('an update with -o json contains the changes, also when the machine is named by its path', async () => {
    const { occi, id } = await withMachine()
    const { out } = await occi(`compute update /compute/${id} memory=8 -o json`)
    expect(JSON.parse(out)).toMatchObject({
      title: 'web',
      changes: [{ name: 'occi.compute.memory', from: 2, to: 8 }],
    })
  })

  it('a new size shows the mixins that came and went, and what came with them', async () => {
    const { occi } = await withMachine()
    const { err } = await occi('compute update web --size large', { terminal: true })
    expect(err).toMatch(/: mixins small → large, (?:.*)cores 1 → 4, memory 2 → 8/)
  })

  it('with -o table the changes are a column', async () => {
    const { occi } = await withMachine()
    const { status, out } = await occi('compute update web cores=2 -o table --columns name,changes')
    expect(status).toBe(0)
    expect(out).toMatch(/CHANGES[\s\S]*cores 1 → 2/)
  })

  it('an update reports that nothing changed, and hides the values of secrets', async () => {
    const { occi } = await withMachine()
    const same = await occi('compute update web --title web', { terminal: true })
    expect(same.err).toContain('Updated virtual machine web: it shows the same values as before.')
    const data = await occi(
      'compute update web --mixin user_data --attribute occi.compute.userdata=cGxhbnRlZA==',
      {
        terminal: true,
      },
    )
    expect(data.err).toMatch(/with user_data, userdata \*\*\* → \*\*\*|userdata none → \*\*\*/)
    expect(data.err).not.toContain('cGxhbnRlZA')
  })

  it('--dry-run says what would change, and changes nothing', async () => {
    const { occi } = await withMachine()
    const { status, out, err } = await occi('compute update web cores=4 --size small --dry-run', {
      terminal: true,
    })
    expect(status).toBe(0)
    expect(out).toContain('POST ')
    expect(err).toContain('virtual machine web: cores 1 → 4')
    expect(JSON.parse((await occi('compute describe web -o json')).out)).toMatchObject({
      attributes: { 'occi.compute.cores': 1 },
    })
  })

  it.each([
    ['--title www', 'title web → www'],
    ['occi.core.title=www', 'title web → www'],
    ['--summary two', 'summary one → two'],
    ['occi.core.summary=', 'summary one → ""'],
    ['--size large', 'mixins small → large'],
    ['--os ubuntu-24.04', 'mixins debian-12 → ubuntu-24.04'],
    ['--size small', undefined],
  ])('--dry-run shows the change %j as the update itself does', async (words, expected) => {
    const { occi } = await withMachine()
    expect((await occi(['compute', 'update', 'web', '--summary', 'one'])).status).toBe(0)
    const preview = await occi(`compute update web ${words} --dry-run`, { terminal: true })
    const update = await occi(`compute update web ${words}`, { terminal: true })
    expect(preview.err).toContain(`virtual machine web: ${expected ?? 'no value would change'}\n`)
    expect(update.err).toContain(expected ?? 'it shows the same values as before')
  })

  it('in a pipe that gets the name only, a machine that is named by its path is not read before', async () => {
    const { occi, id } = await withMachine()
    const { err } = await occi(`compute update /compute/${id} cores=2 -v`)
    expect(err).not.toContain('GET http://sandbox/compute/')
    expect(err).toContain('POST http://sandbox/compute/')
  })
})
