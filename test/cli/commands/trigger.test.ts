import { describe, expect, it } from 'vitest'
import type { Client, TriggerOptions } from '../../../src/client/index.js'
import { ConflictError } from '../../../src/errors/errors.js'
import { type Attributes, type Entity, type Kind, Model, typeId } from '../../../src/model/index.js'
import { type Circumstances, machine } from '../support/harness.js'

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

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const computeId = typeId(infrastructure, 'compute')
const freezerId = typeId('http://h/mixins#', 'freezer')
const startId = typeId(`${infrastructure.slice(0, -1)}/compute/action#`, 'start')
const stopId = typeId(`${infrastructure.slice(0, -1)}/compute/action#`, 'stop')
const defrostId = typeId('http://h/mixins/action#', 'defrost')

const parameterNames = [
  'speed',
  'all',
  'where',
  'dry-run',
  'endpoint',
  'password',
  'region',
  'no-input',
  'version',
]

/** A model whose mixin `freezer` has the action defrost. Most parameters of it have the name of another option. */
const freezerModel = new Model([
  {
    class: 'kind',
    id: computeId,
    scheme: infrastructure,
    term: 'compute',
    attributes: new Map(),
    actions: [startId, stopId],
    location: 'http://h/compute/',
  } as unknown as Kind,
  {
    class: 'mixin',
    id: freezerId,
    scheme: 'http://h/mixins#',
    term: 'freezer',
    attributes: new Map(),
    actions: [defrostId],
    depends: [],
    applies: [computeId],
  } as never,
  ...[startId, stopId].map(
    (id) => ({ class: 'action', id, term: id.split('#')[1], attributes: new Map() }) as never,
  ),
  {
    class: 'action',
    id: defrostId,
    scheme: 'http://h/mixins/action#',
    term: 'defrost',
    attributes: new Map(
      parameterNames.map((name) => [
        name,
        { name, type: name === 'speed' ? 'number' : 'string', required: false, immutable: false },
      ]),
    ),
  } as never,
])

function machineNamed(name: string, state: string, actions: Entity['actions'][number]['id'][]): Entity {
  return {
    type: 'resource',
    kind: computeId,
    mixins: [freezerId],
    title: name,
    location: `http://h/compute/${name}`,
    attributes: new Map([['occi.compute.state', state]]),
    actions: actions.map((id) => ({ id })),
    links: [],
  }
}

/** A cloud with these machines. `refusing` refuses every action, and each action creates `createdLocations`. */
function freezerCloud(
  machines: readonly Entity[],
  { refusing, createdLocations = [] }: { refusing?: string; createdLocations?: readonly string[] } = {},
) {
  const triggered: { location: string; action: string; attributes: Attributes | undefined }[] = []
  const awaited: string[] = []
  const client = {
    endpoint: 'http://h/',
    model: async () => freezerModel,
    recheck: async () => false,
    find: async (name: string) => {
      const entity = machines.find(({ title }) => title === name)
      return { location: `http://h/compute/${name}`, ...(entity === undefined ? {} : { entity }) }
    },
    list: async function* () {
      yield* machines
    },
    trigger: async (
      target: string | Entity,
      action: string,
      attributes: Attributes | undefined,
      { onCreated }: TriggerOptions,
    ) => {
      const location = typeof target === 'string' ? target : (target.location ?? '')
      if (location === refusing) throw new ConflictError(`${location} refuses`)
      triggered.push({ location, action, attributes })
      onCreated?.(createdLocations)
    },
    wait: async (location: string) => {
      awaited.push(location)
      return machineNamed(location.slice(location.lastIndexOf('/') + 1), 'inactive', [startId])
    },
  } as unknown as Client
  const run = (words: string, circumstances: Circumstances = {}) =>
    machine().occi(`${words} --endpoint http://h/`, { client, ...circumstances })
  return { run, triggered, awaited }
}

describe('an action that only a mixin of the provider defines', () => {
  const web = machineNamed('web', 'active', [stopId, defrostId])

  it('its parameters are options, except those with the name of another option', async () => {
    const { out, status } = await freezerCloud([web]).run('compute defrost --help')
    expect(status).toBe(0)
    expect(out).toMatch(/--speed VALUE/)
    for (const name of parameterNames.slice(1)) expect(out).not.toContain(`--${name} VALUE`)
    expect(out).toMatch(/--all +trigger it on all/)
  })

  it('--all keeps its meaning, although a parameter has its name', async () => {
    const { run, triggered } = freezerCloud([web])
    const { status, err } = await run('compute defrost --all')
    expect(status).toBe(2)
    expect(err).toContain('--yes')
    expect(triggered).toEqual([])
  })

  it.each(['compute defrost web --speed 2', 'compute trigger defrost web --attribute speed=2'])(
    'its parameters have the types of their definitions: %s',
    async (words) => {
      const { run, triggered } = freezerCloud([web])
      expect((await run(words)).status).toBe(0)
      expect(triggered.map(({ attributes }) => attributes)).toEqual([new Map([['speed', 2]])])
    },
  )

  it('it is refused before it is sent if the machine does not offer it', async () => {
    const { run, triggered } = freezerCloud([machineNamed('web', 'active', [stopId])])
    const { status, err } = await run('compute defrost web')
    expect(status).toBe(7)
    expect(err).toContain('web does not offer "defrost" while it is active')
    expect(triggered).toEqual([])
  })

  it('its option --wait requires a state, which help says', async () => {
    const { run } = freezerCloud([web])
    const { out } = await run('compute defrost --help')
    expect(out.replace(/\s+/g, ' ')).toContain('wait until it is in the given state')
    expect(await run('compute defrost web --wait')).toMatchObject({
      status: 2,
      err: expect.stringContaining('Use --wait=STATE.'),
    })
  })
})

describe('messages', () => {
  it.each([
    [6, 'The action created http://h/mixins/one'],
    [11, 'Triggered stop on 11 virtual machines.'],
  ])(
    'messages about what an action created do not count as machines: %i machines',
    async (count, message) => {
      const names = Array.from({ length: count }, (_, index) => `m${index}`)
      const machines = names.map((name) => machineNamed(name, 'active', [stopId]))
      const { run } = freezerCloud(machines, { createdLocations: ['http://h/mixins/one'] })
      const { status, err } = await run(`compute stop ${names.join(' ')}`, { terminal: true })
      expect(status).toBe(0)
      expect(err).toContain(message)
    },
  )

  it('an action on all machines counts those that accepted it, and waits for no others', async () => {
    const machines = [
      machineNamed('a', 'inactive', [startId]),
      machineNamed('b', 'active', [stopId]),
      machineNamed('c', 'active', [stopId]),
    ]
    const { run, awaited } = freezerCloud(machines, { refusing: 'http://h/compute/c' })
    const { status, err } = await run('compute stop --all --yes --wait', { terminal: true })
    expect(status).toBe(8)
    expect(err).toContain('Triggered stop on 1 virtual machine.')
    expect(awaited).toEqual(['http://h/compute/b'])
  })
})

it('the command that removes a new link quotes names with blanks', async () => {
  const { occi } = machine()
  const create = ['compute', 'create', 'my web', '--os', 'debian-12', '--size', 'small', '--wait']
  expect((await occi([...create, '--endpoint', 'sandbox:'])).status).toBe(0)
  const { err } = await occi(['compute', 'link', 'my web', 'public', '--endpoint', 'sandbox:'], {
    terminal: true,
  })
  expect(err).toContain("occi compute unlink 'my web' public")
})
