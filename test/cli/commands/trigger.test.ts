import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

const at = ' --endpoint sandbox:'

async function withMachines(...names: readonly string[]) {
  const { occi } = machine()
  for (const name of names) {
    const made = await occi(`compute create ${name} --os debian-12 --size small --wait${at}`)
    expect(made.status).toBe(0)
  }
  return occi
}

async function states(occi: Awaited<ReturnType<typeof withMachines>>) {
  return (await occi(`compute list --columns name,state -o csv --no-header${at}`)).out
    .trim()
    .split('\n')
    .sort()
}

describe('an action that the machine does not offer', () => {
  it('an action that the machine does not offer is refused before it is sent, and the offered ones are listed', async () => {
    const occi = await withMachines('web')
    const { status, err } = await occi(`compute start web${at}`)
    expect(status).toBe(7)
    expect(err).toContain('web does not offer "start" while it is active')
    expect(err).toMatch(/It offers .*stop/)
    expect(await occi(`compute start web --no-validate${at}`)).not.toMatchObject({
      err: expect.stringContaining('does not offer'),
    })
  })

  it('one refused action does not hide the results of the other machines', async () => {
    const occi = await withMachines('a', 'b')
    await occi(`compute stop a --wait${at}`)
    const { status, err } = await occi(`compute stop a b --wait${at}`)
    expect(status).toBe(8)
    expect(err).toContain('a does not offer "stop" while it is inactive')
    expect(await states(occi)).toEqual(['a,inactive', 'b,inactive'])
  })
})

describe('an action on all', () => {
  it('an action on all machines needs --yes without a terminal', async () => {
    const occi = await withMachines('a')
    const { status, err } = await occi(`compute stop --all${at}`)
    expect(status).toBe(2)
    expect(err).toContain('--yes')
    expect(await states(occi)).toEqual(['a,active'])
  })

  it('an action on all machines skips those that are already in the target state, and prints a note', async () => {
    const occi = await withMachines('a', 'b')
    await occi(`compute stop a --wait${at}`)
    const { status, err } = await occi(`compute stop --all --yes --wait${at}`)
    expect(status).toBe(0)
    expect(err).toContain('a is inactive already; stop was not sent to it')
    expect(err).not.toContain('b is')
    expect(await states(occi)).toEqual(['a,inactive', 'b,inactive'])
  })
})

describe('states to wait for', () => {
  it.each([
    ['compute stop web --wait=inactve', 'Did you mean inactive?'],
    ['compute stop web --wait=online', 'A compute has no state "online"'],
    ['compute stop web --wait=deleted', 'A compute has no state "deleted"'],
    ['compute create web2 --wait=deleted', 'A compute has no state "deleted"'],
    ['compute wait web --for online', 'States: active, inactive, suspended'],
    ['storage create data --size 1 --wait=active', 'A storage has no state "active"'],
    ['network wait public --for frozen', 'A network has no state "frozen"'],
  ])('occi %s is refused', async (words, message) => {
    const occi = await withMachines('web')
    const { status, err } = await occi(words + at)
    expect(status).toBe(2)
    expect(err).toContain(message)
  })

  it.each(['compute wait web --for active', 'compute wait nosuch --for deleted', 'wait web --for active'])(
    'occi %s is accepted',
    async (words) => {
      const occi = await withMachines('web')
      expect((await occi(words + at)).status).toBe(0)
    },
  )
})

it('the name and the action in the wrong order are answered with the right one', async () => {
  const occi = await withMachines('web')
  const { status, err } = await occi(`compute trigger web stop${at}`)
  expect(status).toBe(6)
  expect(err).toContain('The action comes first: occi compute trigger stop web')
})
