/**
 * Replays the recorded requests of a server against the persona that imitates it, in memory, and compares the
 * answers. To add a persona, write `NAME.test.ts` beside this file:
 *
 *     fidelity({
 *       recording: 'ooi',               // test/fixtures/captures/ooi.jsonl
 *       persona: 'ooi',
 *       auth: { … },                    // when the recording has requests with a bad or no token
 *       aliases: [['cirros-id', 'cirros']],  // text of the recording → text of the persona
 *       before: [{ method: 'POST', path: '/storage/', headers: [...], body: '…', as: '/storage/7' }],
 *       differences: [
 *         { exchanges: ['query-*'], differs: 'categories', reason: '…' },
 *         { exchanges: ['err-quota'], accepts: 'The quota is a setting of the recorded installation.' },
 *       ],
 *     })
 *
 * What is compared (the facet is the word that `differs` takes):
 *
 * - `refusal`     the recording refuses (400 and above) and the persona accepts. This always fails, unless an
 *                 entry with `accepts` says why the refusal cannot be a rule of the server.
 * - `status`      the status code in all other cases.
 * - `type`        the Content-Type, with its parameters.
 * - `categories`  identifiers of kinds, mixins and actions that the answer names.
 * - `attributes`  names of attributes, of definitions with `{immutable required}`.
 * - `identifiers` the shapes of locations and of occi.core.id: where they stand, absolute or relative, below
 *                 which path; the part that the server generates is shown as `*`.
 *
 * The last three are compared only when both sides succeed. What a server generates is mapped as the replay goes:
 * each successful creation maps the recorded location to the persona's. Entities that existed before the
 * recording began are created by `before`, or mapped to seeded entities by `aliases`. Aliases are applied to
 * whole words of the request; the persona's answers are compared after mapping back.
 *
 * `exchanges` are names of recorded exchanges, `*` stands for any characters. Each entry must match at least one
 * exchange that still differs in that way, so that the table cannot outlive what it excuses.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { HeaderPair } from '../../../src/basics/http.js'
import type { Category, Entity } from '../../../src/model/index.js'
import { type Parsed, readMessage } from '../../../src/rendering/index.js'
import { createSandbox, type Sandbox, type SandboxAuth } from '../../../src/sandbox/index.js'
import { personaNamed } from '../../../src/sandbox/personas/index.js'
import { memoryStore } from '../../../src/sandbox/state/store.js'

export type Facet = 'status' | 'type' | 'categories' | 'attributes' | 'identifiers'

export type Difference =
  | { readonly exchanges: readonly string[]; readonly differs: Facet; readonly reason: string }
  /** The persona accepts what the recording refuses, because the refusal cannot be a rule of the server. */
  | { readonly exchanges: readonly string[]; readonly accepts: string }

export interface Fidelity {
  /** File name in test/fixtures/captures, without `.jsonl`. */
  readonly recording: string
  readonly persona: string
  readonly auth?: SandboxAuth
  /** Words of the recording and the persona's words for the same thing (template terms, seeded entities). */
  readonly aliases?: readonly (readonly [recorded: string, own: string])[]
  /** Creates what existed before the recording began. `as` is its recorded path; a mixin needs none. */
  readonly before?: readonly (RecordedMessage & { readonly as?: string })[]
  /** Exchanges that are not replayed, with the reason in a comment beside them. */
  readonly without?: readonly string[]
  /** Exchanges that followed the one before at once, so that what takes time was still under way. */
  readonly atOnce?: readonly string[]
  readonly differences: readonly Difference[]
}

interface RecordedMessage {
  readonly method: string
  readonly path: string
  readonly headers: readonly HeaderPair[]
  readonly body: string | null
}

interface Answer {
  readonly status: number
  readonly headers: readonly HeaderPair[]
  readonly body: string | null
}

interface Exchange {
  readonly name: string
  readonly request: RecordedMessage
  readonly response: Answer
}

interface Found {
  readonly exchange: string
  readonly facet: Facet | 'refusal'
  readonly recorded: string
  readonly persona: string
}

/** Names of exchanges by the numbers that they begin with. */
export function numbered(numbers: string): readonly string[] {
  return numbers.split(' ').map((number) => `${number}-*`)
}

export function fidelity(spec: Fidelity): void {
  describe(`the persona ${spec.persona} against the recording ${spec.recording}`, () => {
    let found: readonly Found[] = []
    beforeAll(async () => {
      found = await compare(spec)
    })
    const excuses = (entry: Difference, one: Found) =>
      entry.exchanges.some((pattern) => matches(pattern, one.exchange)) &&
      ('accepts' in entry ? one.facet === 'refusal' : one.facet === entry.differs)

    test('it accepts nothing that the server refuses', () => {
      const kinder = found.filter(({ facet }) => facet === 'refusal')
      expect(unexcused(kinder)).toEqual([])
    })
    test('it answers as recorded', () => {
      const others = found.filter(({ facet }) => facet !== 'refusal')
      expect(unexcused(others)).toEqual([])
    })
    test('each listed difference still exists', () => {
      const stale = spec.differences.flatMap((entry) =>
        entry.exchanges.filter(
          (pattern) => !found.some((one) => excuses({ ...entry, exchanges: [pattern] }, one)),
        ),
      )
      expect(stale).toEqual([])
    })

    function unexcused(some: readonly Found[]): readonly string[] {
      return some
        .filter((one) => !spec.differences.some((entry) => excuses(entry, one)))
        .map(
          ({ exchange, facet, recorded, persona }) =>
            `${exchange}: ${facet}: recorded ${recorded}; persona ${persona}`,
        )
    }
  })
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${source}$`).test(name)
}

const origin = 'http://sandbox'
const folder = join(import.meta.dirname, '../../fixtures/captures')

async function compare(spec: Fidelity): Promise<readonly Found[]> {
  let now = 1_700_000_000_000
  const sandbox = sandboxOf(spec, () => now)
  const names = new Names(spec.aliases ?? [])
  for (const message of spec.before ?? []) {
    now += minute
    const answer = await send(sandbox, message, names)
    if (message.as === undefined && answer.status < 400) continue
    const [made] = locationsOf(answer)
    if (made === undefined || message.as === undefined)
      throw new Error(`not created: ${message.path}: ${answer.status} ${answer.body ?? ''}`)
    names.map(message.as, made)
    names.alias(message.as, pathOf(made))
  }
  const found: Found[] = []
  for (const exchange of exchangesOf(spec)) {
    if (!(spec.atOnce ?? []).some((pattern) => matches(pattern, exchange.name))) now += minute
    const answer = await send(sandbox, exchange.request, names)
    found.push(...differences(exchange, answer, names))
    learn(exchange, answer, names)
  }
  await sandbox.close()
  return found
}

/** Between two requests: what takes time is finished. */
const minute = 60_000

function sandboxOf(spec: Fidelity, clock: () => number): Sandbox {
  const persona = personaNamed(spec.persona)
  if (persona === undefined) throw new Error(`no persona ${spec.persona}`)
  let count = 0
  return createSandbox({
    store: memoryStore(persona.seed(clock())),
    clock,
    uuid: () => `00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`,
    persona,
    auth: spec.auth ?? { method: 'none' },
  })
}

function exchangesOf(spec: Fidelity): readonly Exchange[] {
  return readFileSync(join(folder, `${spec.recording}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exchange)
    .filter(({ name }) => !(spec.without ?? []).some((pattern) => matches(pattern, name)))
}

async function send(sandbox: Sandbox, message: RecordedMessage, names: Names): Promise<Answer> {
  return sandbox.handle({
    method: message.method,
    target: names.own(message.path),
    headers: [
      ['Host', 'sandbox'],
      ...message.headers
        .filter(([name]) => name.toLowerCase() !== 'host')
        .map(([name, value]): HeaderPair => [name, names.own(value)]),
    ],
    body: names.own(message.body ?? ''),
  })
}

/** Two-way table between words of the recording and words of the persona. */
class Names {
  readonly #pairs: (readonly [recorded: string, own: string])[]

  constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = [...pairs]
  }

  /** Maps a recorded location to the persona's, and the last segments of both to each other. */
  map(recorded: string, own: string): void {
    const [there, here] = [recorded, own].map((location) => pathOf(location).split('/').pop() ?? '')
    if (there === undefined || here === undefined || there === '' || here === '') return
    if (this.own(there) !== here) this.#pairs.push([there, here])
  }

  /** A whole path: the dummy backend of rOCCI-server has the same identifier for entities of all kinds. */
  alias(recorded: string, own: string): void {
    this.#pairs.push([recorded, own])
  }

  own(text: string): string {
    const local = text.replace(/https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?/g, origin)
    return swap(local, this.#pairs)
  }
}

/** Replaces whole words at once, so that no replacement is replaced again; later pairs win. */
function swap(text: string, pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return text
  const table = new Map(pairs)
  const words = [...table.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.+*?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`(?<![A-Za-z0-9_.-])(?:${words.join('|')})(?![A-Za-z0-9_-])`, 'g')
  return text.replace(pattern, (word) => table.get(word) ?? word)
}

function learn({ response }: Exchange, answer: Answer, names: Names): void {
  if (response.status >= 400 || answer.status >= 400) return
  const [recorded, own] = [locationsOf(response), locationsOf(answer)]
  const [first, second] = recorded
  const [made] = own
  if (first !== undefined && second === undefined && made !== undefined && own.length === 1)
    names.map(first, made)
}

function differences({ name, response }: Exchange, answer: Answer, names: Names): readonly Found[] {
  const found: Found[] = []
  const differ = (facet: Found['facet'], recorded: string, persona: string) => {
    if (recorded !== persona) found.push({ exchange: name, facet, recorded, persona })
  }
  const words = (side: Answer) => (side.status >= 400 ? ` (${(side.body ?? '').slice(0, 160)})` : '')
  if (response.status >= 400 && answer.status < 400) {
    differ('refusal', `${response.status}${words(response)}`, String(answer.status))
    return found
  }
  if (response.status !== answer.status)
    differ('status', `${response.status}${words(response)}`, `${answer.status}${words(answer)}`)
  if (response.status >= 400 !== answer.status >= 400) return found
  differ('type', headerOf(response, 'content-type') ?? 'none', headerOf(answer, 'content-type') ?? 'none')
  if (response.status >= 400) return found
  const [recorded, own] = [read(response), read(answer)]
  const both = (facet: Facet, list: (parsed: Parsed, side: Answer) => readonly string[]) => {
    const there = new Set(list(recorded, response).map((text) => names.own(text)))
    const here = new Set(list(own, answer))
    const missing = [...there].filter((text) => !here.has(text))
    const surplus = [...here].filter((text) => !there.has(text))
    differ(facet, missing.sort().join(' ') || '-', surplus.sort().join(' ') || '-')
  }
  both('categories', categoriesOf)
  both('attributes', attributesOf)
  both('identifiers', shapesOf)
  return found
}

/** The library's own reader; on both sides, so that a fault of the reader excuses nothing. */
function read(answer: Answer): Parsed {
  return readMessage({ headers: answer.headers, body: answer.body ?? '' })
}

function headerOf(answer: Answer, name: string): string | undefined {
  return answer.headers.find(([given]) => given.toLowerCase() === name)?.[1]
}

function withLinks(entities: readonly Entity[]): readonly Entity[] {
  return entities.flatMap((entity) => (entity.type === 'resource' ? [entity, ...entity.links] : [entity]))
}

function categoriesOf(parsed: Parsed): readonly string[] {
  return [
    ...parsed.categories.flatMap((category) => [
      category.id,
      ...(category.class === 'action' ? [] : category.actions),
    ]),
    ...withLinks(parsed.entities).flatMap((entity) => [
      entity.kind,
      ...entity.mixins,
      ...entity.actions.map((action) => action.id),
    ]),
  ]
}

function attributesOf(parsed: Parsed): readonly string[] {
  return [
    ...parsed.categories.flatMap((category) => definitionsOf(category)),
    ...withLinks(parsed.entities).flatMap((entity) => [
      ...entity.attributes.keys(),
      ...(entity.title === undefined ? [] : ['occi.core.title']),
      ...(entity.type === 'resource' && entity.summary !== undefined ? ['occi.core.summary'] : []),
    ]),
  ]
}

function definitionsOf(category: Category): readonly string[] {
  return [...category.attributes.values()].map((definition) => {
    const marks = [
      ...(definition.mutable ? [] : ['immutable']),
      ...(definition.required ? ['required'] : []),
    ].join(' ')
    return `${category.term}:${definition.name}${marks === '' ? '' : `{${marks}}`}`
  })
}

function shapesOf(parsed: Parsed, answer: Answer): readonly string[] {
  const at = (place: string, location: string | undefined) =>
    location === undefined ? [] : [`${place}=${shapeOf(location)}`]
  return [
    ...at('Location', headerOf(answer, 'location')),
    ...parsed.locations.flatMap((location) => at('location', location)),
    ...withLinks(parsed.entities).flatMap((entity) => [
      ...at('id', entity.id),
      ...at(`${entity.type}-location`, entity.location),
      ...(entity.type === 'link' ? at('source', entity.source?.location) : []),
      ...(entity.type === 'link' ? at('target', entity.target?.location) : []),
      ...entity.actions.flatMap((action) => at('action', action.href)),
    ]),
  ]
}

/** The origin as ORIGIN, the generated last segment as `*`. */
function shapeOf(location: string): string {
  const [path = '', query] = location.replace(/^https?:\/\/[^/]+/, 'ORIGIN').split('?')
  const shape = path.replace(/[^/:]+$/, '*')
  return query === undefined ? shape : `${shape}?${query}`
}

function locationsOf(answer: Answer): readonly string[] {
  const location = headerOf(answer, 'location')
  if (location !== undefined) return [location]
  if (answer.status >= 400) return []
  const parsed = read(answer)
  const [only, second] = parsed.entities
  if (parsed.locations.length > 0) return parsed.locations
  if (only === undefined || second !== undefined) return []
  return only.location !== undefined ? [only.location] : only.id !== undefined ? [only.id] : []
}

function pathOf(location: string): string {
  return location.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? ''
}
