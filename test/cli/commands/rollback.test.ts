import { afterEach, describe, expect, it } from 'vitest'
import { type Outcome, type UnreliableCloud, unreliable } from '../../support/unreliable.js'
import { machine } from '../support/harness.js'

let cloud: UnreliableCloud | undefined
afterEach(async () => {
  await cloud?.close()
  cloud = undefined
})

/** OCCI-OS takes no links inline: the machine is there before its volume is attached. */
async function behind(fate: (line: string, attempt: number) => Outcome) {
  cloud = await unreliable(fate, 'occi-os')
  const at = machine({ env: { OCCI_ENDPOINT: cloud.endpoint } })
  const volume = (await at.occi('storage create data --size 1 -o name')).out.trim()
  const create = `compute create web --os cirros-0.3.0-x86_64-blank --size m1.tiny --storage ${volume}:/dev/vdb`
  return { at, create, cloud }
}

const linking = (line: string) => line.startsWith('POST /storage/link')
const machines = async (at: ReturnType<typeof machine>) =>
  JSON.parse((await at.occi('compute list -o json')).out) as { url: string }[]

describe('a machine whose volume cannot be attached', () => {
  // Guarantee: complete-or-taken-back
  it('a machine whose volume cannot be attached is deleted again, and the error reports the deletion', async () => {
    const { at, create } = await behind((line) => (linking(line) ? { status: 409 } : 'served'))
    const { status, out, err } = await at.occi(create)
    expect([status, out]).toEqual([8, ''])
    expect(err).toContain('it was deleted again')
    expect(err).toContain('--keep-on-failure')
    expect(await machines(at)).toEqual([])
  })

  it('a machine whose volume cannot be attached is kept with --keep-on-failure, and the error contains its URL', async () => {
    const { at, create } = await behind((line) => (linking(line) ? { status: 409 } : 'served'))
    const { status, err } = await at.occi(`${create} --keep-on-failure -o json`)
    expect(status).toBe(8)
    const [machine] = await machines(at)
    expect(JSON.parse(err).error.facts.created).toBe(machine?.url)
  })

  // Guarantee: complete-or-taken-back
  it('the error about a machine that cannot be deleted again contains the command to delete it', async () => {
    const { at, create } = await behind((line) =>
      linking(line) || line.startsWith('DELETE') ? { status: 409 } : 'served',
    )
    const { status, err } = await at.occi(create)
    const [machine] = await machines(at)
    expect(status).toBe(8)
    expect(err).toContain(`To delete it: occi compute delete ${machine?.url}`)
  })

  it('a machine whose creation is interrupted by Ctrl-C stays, and the message names it', async () => {
    const interruption = new AbortController()
    const { at, create } = await behind((line) => {
      if (!linking(line)) return 'served'
      interruption.abort(130)
      return 'dropped'
    })
    const { status, err } = await at.occi(create, { signal: interruption.signal })
    const [machine] = await machines(at)
    expect(status).toBe(130)
    expect(err).toContain(`it exists already: ${machine?.url}`)
  })
})
