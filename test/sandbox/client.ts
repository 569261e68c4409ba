/** Talks to a sandbox without sockets, at a time that the test sets. */
import { createSandbox, type SandboxAuth, type SandboxResponse } from '../../src/sandbox/index.js'
import { defaultPersona, personaNamed } from '../../src/sandbox/personas/index.js'
import { memoryStore } from '../../src/sandbox/state/store.js'

export interface Setup {
  readonly as?: string
  readonly auth?: SandboxAuth
  readonly speed?: number
  readonly machines?: number
}

export interface Talk {
  readonly accept?: string
  readonly type?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly agent?: string
}

export interface Answered extends SandboxResponse {
  header(name: string): string | undefined
  all(name: string): readonly string[]
  lines(field: string): readonly string[]
  json(): Record<string, unknown>
}

export function cloud(setup: Setup = {}) {
  let now = 1_700_000_000_000
  let count = 0
  const persona = setup.as === undefined ? defaultPersona : personaNamed(setup.as)
  if (persona === undefined) throw new Error(`no persona ${setup.as}`)
  const sandbox = createSandbox({
    store: memoryStore(persona.seed(now)),
    clock: () => now,
    uuid: () => {
      count += 1
      return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
    },
    persona,
    auth: setup.auth ?? { method: 'none' },
    ...(setup.speed === undefined ? {} : { durationFactor: setup.speed }),
    ...(setup.machines === undefined ? {} : { machineLimit: setup.machines }),
  })
  async function ask(method: string, target: string, talk: Talk = {}): Promise<Answered> {
    const headers: (readonly [string, string])[] = [['Host', 'sandbox']]
    if (talk.accept !== undefined) headers.push(['Accept', talk.accept])
    if (talk.type !== undefined) headers.push(['Content-Type', talk.type])
    if (talk.agent !== undefined) headers.push(['User-Agent', talk.agent])
    headers.push(...(talk.headers ?? []))
    const answer = await sandbox.handle({ method, target, headers, body: talk.body ?? '' })
    const all = (name: string) =>
      answer.headers.filter(([given]) => given.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
    return {
      ...answer,
      all,
      header: (name) => all(name)[0],
      lines: (field) =>
        answer.body
          .split('\r\n')
          .filter((line) => line.startsWith(`${field}: `))
          .map((line) => line.slice(field.length + 2)),
      json: () => JSON.parse(answer.body) as Record<string, unknown>,
    }
  }
  return { ask, sandbox, wait: (milliseconds: number) => (now += milliseconds), now: () => now }
}

export const infra = 'http://schemas.ogf.org/occi/infrastructure#'
export const kind = (term: string) => `Category: ${term}; scheme="${infra}"; class="kind"\r\n`
export const mixin = (scheme: string, term: string) =>
  `Category: ${term}; scheme="${scheme}"; class="mixin"\r\n`
export const attribute = (name: string, value: string | number) =>
  `X-OCCI-Attribute: ${name}=${typeof value === 'number' ? value : JSON.stringify(value)}\r\n`
export const action = (kindTerm: string, term: string) =>
  `Category: ${term}; scheme="http://schemas.ogf.org/occi/infrastructure/${kindTerm}/action#"; class="action"\r\n`
export const text = (body: string): Talk => ({ type: 'text/plain', body })
export const json = (value: unknown): Talk => ({
  type: 'application/occi+json',
  accept: 'application/occi+json',
  body: JSON.stringify(value),
})

/** Creates an entity from lines and gives its path. */
export async function made(at: ReturnType<typeof cloud>, location: string, body: string): Promise<string> {
  const answer = await at.ask('POST', location, text(body))
  const url = answer.header('Location')
  if (url === undefined) throw new Error(`not created: ${answer.status} ${answer.body}`)
  return new URL(url).pathname
}
