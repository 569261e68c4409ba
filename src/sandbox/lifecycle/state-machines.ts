/**
 * The state machines of GFD.224 as tables. Durations are in milliseconds and are multiplied by
 * `Context.durationFactor`.
 */
import type { TypeId } from '../../model/index.js'
import type { Step } from './timeline.js'

interface Transition {
  /** States in which the action is applicable. */
  readonly from: readonly string[]
  readonly steps: readonly Step[]
}

export interface StateMachine {
  /** Name of the state attribute; the message is at `<name>.message`. */
  readonly attribute: string
  readonly initial: string
  /** Steps after creation. */
  readonly creation: readonly Step[]
  /** Transitions by term of the action. */
  readonly actions: Readonly<Record<string, Transition>>
  /** Steps after a change of the template (size or image) of an active instance. */
  readonly rebuild?: readonly Step[]
  /** States in which an instance is ready: a link is active while both of its ends are. */
  readonly ready: readonly string[]
}

const compute: StateMachine = {
  attribute: 'occi.compute.state',
  initial: 'inactive',
  creation: [
    { after: 0, state: 'inactive', message: 'waiting: scheduling' },
    { after: 900, state: 'inactive', message: 'waiting: booting' },
    { after: 2500, state: 'active' },
  ],
  actions: {
    start: {
      from: ['inactive', 'suspended'],
      steps: [
        { after: 0, message: 'starting' },
        { after: 900, state: 'active' },
      ],
    },
    stop: {
      from: ['active'],
      steps: [
        { after: 0, message: 'stopping' },
        { after: 900, state: 'inactive' },
      ],
    },
    restart: {
      from: ['active'],
      steps: [
        { after: 0, state: 'active', message: 'restarting' },
        { after: 400, state: 'inactive', message: 'restarting' },
        { after: 1200, state: 'active' },
      ],
    },
    suspend: {
      from: ['active'],
      steps: [
        { after: 0, message: 'suspending' },
        { after: 900, state: 'suspended' },
      ],
    },
    save: {
      from: ['active', 'inactive', 'suspended'],
      steps: [{ after: 0, message: 'saving' }, { after: 600 }],
    },
  },
  rebuild: [
    { after: 0, state: 'inactive', message: 'rebuilding' },
    { after: 1500, state: 'active' },
  ],
  ready: ['active'],
}

const network: StateMachine = {
  attribute: 'occi.network.state',
  initial: 'inactive',
  creation: [
    { after: 0, state: 'inactive', message: 'building' },
    { after: 800, state: 'active' },
  ],
  actions: {
    up: {
      from: ['inactive'],
      steps: [
        { after: 0, message: 'going up' },
        { after: 400, state: 'active' },
      ],
    },
    down: {
      from: ['active'],
      steps: [
        { after: 0, message: 'going down' },
        { after: 400, state: 'inactive' },
      ],
    },
  },
  ready: ['active'],
}

const storage: StateMachine = {
  attribute: 'occi.storage.state',
  initial: 'offline',
  creation: [
    { after: 0, state: 'offline', message: 'building' },
    { after: 800, state: 'online' },
  ],
  actions: {
    online: {
      from: ['offline'],
      steps: [
        { after: 0, message: 'going online' },
        { after: 400, state: 'online' },
      ],
    },
    offline: {
      from: ['online', 'degraded'],
      steps: [
        { after: 0, message: 'going offline' },
        { after: 400, state: 'offline' },
      ],
    },
  },
  ready: ['online', 'degraded'],
}

const stateMachines: ReadonlyMap<string, StateMachine> = new Map([
  ['http://schemas.ogf.org/occi/infrastructure#compute', compute],
  ['http://schemas.ogf.org/occi/infrastructure#network', network],
  ['http://schemas.ogf.org/occi/infrastructure#storage', storage],
])

export function stateMachineOf(kind: TypeId): StateMachine | undefined {
  return stateMachines.get(kind)
}

/** State attributes of links. The state of a link follows from the states of its source and its target. */
const linkStates: ReadonlyMap<string, string> = new Map([
  ['http://schemas.ogf.org/occi/infrastructure#networkinterface', 'occi.networkinterface.state'],
  ['http://schemas.ogf.org/occi/infrastructure#storagelink', 'occi.storagelink.state'],
])

export function linkStateAttribute(kind: TypeId): string | undefined {
  return linkStates.get(kind)
}
