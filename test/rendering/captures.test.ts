/** Recorded exchanges of real servers: all can be read, and a sample holds what its bytes say. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HeaderPair } from '../../src/basics/http.js'
import type { Entity } from '../../src/model/index.js'
import { errorMessage, type Parsed, readMessage } from '../../src/rendering/index.js'

interface Exchange {
  readonly name: string
  readonly request: { readonly method: string }
  readonly response: {
    readonly status: number
    readonly headers: readonly HeaderPair[]
    readonly body: string
  }
}

const files = ['pyssf', 'occi-os', 'occi-os-essex', 'snf-occi', 'snf-occi-2016', 'rocci-server'] as const

const exchanges = new Map(
  files.map((file) => {
    const text = readFileSync(new URL(`../fixtures/captures/${file}.jsonl`, import.meta.url), 'utf8')
    return [
      file,
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Exchange),
    ] as const
  }),
)

function exchange(file: (typeof files)[number], name: string): Exchange {
  const found = exchanges.get(file)?.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no exchange ${name}`)
  return found
}

describe.each(files)('%s', (file) => {
  const all = exchanges.get(file) ?? []

  it('every successful answer of the recording is read (Q11)', () => {
    const read = all.filter(({ response }) => response.status < 300)
    expect(read.length).toBeGreaterThan(60)
    for (const { name, response } of read) {
      const parsed = readMessage(response)
      // Web pages are recognised as such, everything else is OCCI.
      const page = response.body.trimStart().startsWith('<')
      expect([name, parsed.deviations.some(({ code }) => code === 'html')]).toEqual([name, page])
    }
  })

  it('every error of the recording keeps its message', () => {
    const failed = all.filter(({ response }) => response.status >= 400 && response.body.trim() !== '')
    expect(failed.length).toBeGreaterThan(20)
    for (const { name, response } of failed) {
      const words = errorMessage(response) ?? ''
      expect([name, words.length > 0 && words.length <= 500 && !words.includes('\n')]).toEqual([name, true])
    }
  })

  it('the recorded renderings of an entity give the same entity', () => {
    const names = [
      'compute-get',
      'compute-with-links-get',
      'compute-with-storagelink-get',
      'describe-compute-with-links',
    ]
    let compared = 0
    for (const name of names) {
      const [plain, occi, json] = ['plain', 'occi', 'json'].map((rendering) => {
        const found = all.find((one) => one.name === `${name}-${rendering}` && one.response.status === 200)
        return found === undefined ? undefined : summary(readMessage(found.response))
      })
      for (const other of [occi, json]) {
        if (plain === undefined || other === undefined) continue
        expect(other).toEqual(plain)
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(0)
  })
})

/** Without order, and without what only one of the renderings carries. */
function summary(parsed: Parsed): unknown {
  return parsed.entities.map((entity) => ({
    kind: entity.kind,
    mixins: [...entity.mixins].sort(),
    title: entity.title,
    attributes: [...entity.attributes].map(([name, value]) => `${name}=${value}`).sort(),
    actions: entity.actions.map(({ id }) => id).sort(),
    links:
      entity.type === 'resource'
        ? entity.links.map(({ kind, target }) => `${kind} ${target?.location}`).sort()
        : [],
  }))
}

interface Counts {
  readonly kinds?: number
  readonly mixins?: number
  readonly actions?: number
  readonly entities?: number
  readonly links?: number
  readonly attributes?: number
  readonly locations?: number
}

/**
 * Counted in the raw bytes: `class="…"`, X-OCCI-Attribute but occi.core.*, `</…>` with and without
 * `?action=`, members of the JSON. For entities, mixins and actions are those of the entities.
 */
const table: readonly (readonly [(typeof files)[number], string, Counts])[] = [
  ['pyssf', 'query-plain', { kinds: 5, mixins: 8, actions: 11 }],
  ['pyssf', 'query-occi', { kinds: 5, mixins: 8, actions: 11 }],
  ['pyssf', 'query-json', { kinds: 5, mixins: 8, actions: 11 }],
  ['pyssf', 'query-multi', { kinds: 5, mixins: 8, actions: 11 }],
  ['pyssf', 'query-filter-occi', { kinds: 1 }],
  ['pyssf', 'compute-list-empty-urilist', {}],
  ['pyssf', 'compute-list-empty-occi', {}],
  ['pyssf', 'compute-list-occi', { locations: 11 }],
  ['pyssf', 'compute-list-urilist', { locations: 11 }],
  ['pyssf', 'compute-list-json', { entities: 11, mixins: 11, actions: 11, attributes: 66 }],
  ['pyssf', 'compute-get-json', { entities: 1, mixins: 2, actions: 1, attributes: 6 }],
  ['pyssf', 'compute-with-links-get-plain', { entities: 1, mixins: 2, links: 2, actions: 3, attributes: 2 }],
  ['pyssf', 'compute-with-links-get-occi', { entities: 1, mixins: 2, links: 2, actions: 3, attributes: 2 }],
  ['pyssf', 'compute-with-links-get-json', { entities: 1, mixins: 2, links: 2, actions: 3, attributes: 2 }],
  ['pyssf', 'compute-get-utf8-json', { entities: 1, mixins: 2, actions: 3, attributes: 2 }],
  ['pyssf', 'networkinterface-get-occi', { entities: 1, mixins: 1, attributes: 6 }],
  ['pyssf', 'storagelink-get-json', { entities: 1, attributes: 3 }],
  ['pyssf', 'mixin-filter-query', { mixins: 1 }],
  ['pyssf', 'quote-get-embedded-quotes-plain', { entities: 1, actions: 1, attributes: 6 }],
  ['pyssf', 'quote-get-embedded-quotes-occi', { entities: 1, actions: 1, attributes: 6 }],
  ['occi-os', 'query-plain', { kinds: 6, mixins: 18, actions: 13 }],
  ['occi-os', 'query-occi', { kinds: 6, mixins: 18, actions: 13 }],
  ['occi-os', 'query-json', { kinds: 6, mixins: 18, actions: 13 }],
  [
    'occi-os',
    'compute-with-floating-ip-get-occi',
    { entities: 1, mixins: 2, links: 3, actions: 5, attributes: 8 },
  ],
  [
    'occi-os',
    'compute-with-floating-ip-get-plain',
    { entities: 1, mixins: 2, links: 3, actions: 5, attributes: 8 },
  ],
  ['occi-os', 'compute-get-after-updates', { entities: 1, mixins: 4, links: 1, actions: 5, attributes: 8 }],
  ['occi-os', 'compute-list-json', { entities: 6, mixins: 12, links: 6, actions: 5, attributes: 8 }],
  ['occi-os', 'storagelink-get-plain', { entities: 1, attributes: 3 }],
  ['occi-os', 'network-public-get-occi', { entities: 1, mixins: 1, attributes: 6 }],
  ['occi-os-essex', 'query-plain', { kinds: 9, mixins: 19, actions: 17 }],
  ['occi-os-essex', 'query-occi', { kinds: 9, mixins: 19, actions: 17 }],
  [
    'occi-os-essex',
    'compute-with-storagelink-get-json',
    { entities: 1, mixins: 2, links: 5, actions: 3, attributes: 6 },
  ],
  [
    'occi-os-essex',
    'compute-with-storagelink-get-occi',
    { entities: 1, mixins: 2, links: 5, actions: 3, attributes: 6 },
  ],
  ['occi-os-essex', 'root-list-plain', { locations: 9 }],
  ['snf-occi', 'query-plain', { kinds: 1, mixins: 8, actions: 4 }],
  ['snf-occi', 'query-occi', { kinds: 1, mixins: 8, actions: 4 }],
  ['snf-occi', 'query-json', { kinds: 1, mixins: 8, actions: 4 }],
  ['snf-occi', 'compute-list-urilist', { locations: 3 }],
  ['snf-occi-2016', 'query-occi', { kinds: 3, mixins: 12, actions: 4 }],
  ['snf-occi-2016', 'compute-with-links-get-plain', { entities: 1, mixins: 2, actions: 3, attributes: 5 }],
  ['snf-occi-2016', 'compute-with-links-get-occi', { entities: 1, mixins: 2, actions: 3, attributes: 5 }],
  ['snf-occi-2016', 'compute-with-links-get-json', { entities: 1, mixins: 2, actions: 3, attributes: 5 }],
  ['snf-occi-2016', 'network-get-occi', { entities: 1, mixins: 1, attributes: 3 }],
  ['snf-occi-2016', 'error-unknown-path', {}],
  ['rocci-server', 'model-text-plain', { kinds: 8, mixins: 13, actions: 15 }],
  ['rocci-server', 'model-text-occi', { kinds: 8, mixins: 13, actions: 15 }],
  ['rocci-server', 'model-json', { kinds: 8, mixins: 13, actions: 15 }],
  ['rocci-server', 'list-compute-text-occi', { locations: 13 }],
  ['rocci-server', 'list-compute-json', { entities: 13, mixins: 7, attributes: 39 }],
  ['rocci-server', 'list-empty-text-occi', {}],
  ['rocci-server', 'list-empty-json', {}],
  ['rocci-server', 'describe-compute-with-links-plain', { entities: 1, links: 3, attributes: 1 }],
  ['rocci-server', 'describe-compute-with-links-occi', { entities: 1, links: 3, attributes: 1 }],
  ['rocci-server', 'describe-compute-with-links-json', { entities: 1, links: 3, attributes: 1 }],
  ['rocci-server', 'describe-networkinterface-occi', { entities: 1, attributes: 1 }],
  ['rocci-server', 'describe-title-quote-occi', { entities: 1, attributes: 1 }],
]

describe('counts', () => {
  it('the counts cover at least forty exchanges', () => {
    expect(table.length).toBeGreaterThanOrEqual(40)
  })

  it.each(table)(
    'the recorded answer %s %s has the known numbers of entities and deviations',
    (file, name, counts) => {
      expect(countsOf(readMessage(exchange(file, name).response))).toEqual(counts)
    },
  )
})

function countsOf(parsed: Parsed): Counts {
  const { entities, categories, locations } = parsed
  const sum = (of: (entity: Entity) => number) => entities.reduce((total, entity) => total + of(entity), 0)
  const known = (wanted: string) => categories.filter((category) => category.class === wanted).length
  const all = {
    kinds: known('kind'),
    mixins: entities.length > 0 ? sum(({ mixins }) => mixins.length) : known('mixin'),
    actions: entities.length > 0 ? sum(({ actions }) => actions.length) : known('action'),
    entities: entities.length,
    links: sum((entity) => (entity.type === 'resource' ? entity.links.length : 0)),
    attributes: sum(({ attributes }) => attributes.size),
    locations: locations.length,
  }
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0))
}

describe('details', () => {
  it('unescaped quotes of a summary are kept, in a line and in a list (Q28)', () => {
    for (const name of ['quote-get-embedded-quotes-plain', 'quote-get-embedded-quotes-occi']) {
      const entity = readMessage(exchange('pyssf', name).response).entities[0]
      expect(entity).toMatchObject({ type: 'resource', title: 'a,b', summary: 'say "hi" = ok; x' })
    }
  })

  it('the location of a created VM is read from the header of an OK answer (Q10)', () => {
    const { locations } = readMessage(exchange('pyssf', 'create-compute-plain').response)
    expect(locations).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:8801\/compute\/[0-9a-f-]{36}$/)])
  })

  it('blanks and brackets of a term are kept (Q39)', () => {
    const { categories } = readMessage(exchange('snf-occi', 'query-plain').response)
    expect(categories.map(({ term }) => term)).toContain('Ubuntu Server 14.04 LTS (x86_64)')
  })

  it('words are read as attribute definitions (Q42)', () => {
    const { categories } = readMessage(exchange('pyssf', 'query-json').response)
    const compute = categories.find(({ term }) => term === 'compute')
    expect(compute?.attributes.get('occi.compute.state')).toMatchObject({ mutable: false, required: false })
    expect(compute?.attributes.get('occi.compute.cores')).toMatchObject({ mutable: true, required: false })
  })

  it('the last line of a traceback is the error message (Q24)', () => {
    const failed = exchanges.get('occi-os')?.find(({ response }) => response.body.startsWith('Traceback'))
    expect(failed && errorMessage(failed.response)).toBe("KeyError: 'occi.storagelink.deviceid'")
  })

  it('a Python repr is not taken for markup (Q19)', () => {
    const failed = exchanges.get('snf-occi-2016')?.find(({ response }) => response.status === 401)
    expect(failed && errorMessage(failed.response)).toMatch(/^<bound method WSGIHandler/)
  })

  it('the text of an HTML error page is the error message (rocci1-6)', () => {
    expect(errorMessage(exchange('rocci-server', 'error-404-path').response)).toMatch(
      /^The page you were looking for doesn't exist/,
    )
  })
})
