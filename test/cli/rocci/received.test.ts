import { describe, expect, it } from 'vitest'
import { jsonRecords } from '../../../src/cli/rocci/formats/json.js'
import { plainRecords } from '../../../src/cli/rocci/formats/plain.js'
import { receivedEntity } from '../../../src/cli/rocci/received.js'
import { rocciNumber } from '../../../src/cli/rocci/record.js'
import { Model } from '../../../src/model/index.js'
import { readFields } from '../../../src/rendering/index.js'

/**
 * How rOCCI-core 4.3.6 and rOCCI-cli 4.3.10 print any answer. Files and lines are those of their repositories;
 * the outputs were compared with theirs on generated models and entities.
 */
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const answer = `Category: compute;scheme="${infrastructure}";class="kind"
Category: Small;scheme="http://example.org/size#";class="mixin";title="A size"
X-OCCI-Attribute: com.example.a="x \\"q\\""
X-OCCI-Attribute: occi.compute.state="active"
X-OCCI-Attribute: occi.core.id="urn:uuid:1"
X-OCCI-Attribute: occi.compute.memory=512
X-OCCI-Attribute: occi.compute.cores=1.50
X-OCCI-Attribute: occi.core.title="web"
Link: </network/2>;rel="${infrastructure}network";self="/link/networkinterface/3";category="${infrastructure}networkinterface";occi.networkinterface.mac="m";occi.core.id="3"
Link: </compute/1?action=stop>;rel="http://schemas.ogf.org/occi/infrastructure/compute/action#stop"`

function read(body: string) {
  const entity = receivedEntity(readFields({ headers: [], body }, 'body'), new Model([]), { sorted: false })
  if (entity === undefined) throw new Error('not an entity')
  return [{ type: 'entity', entity }] as const
}

describe('an answer as rOCCI-cli prints it', () => {
  const plain = plainRecords(read(answer))

  it('the printed attributes are in the order of the tree that rOCCI-core lays out (infrastructure/compute.rb:32, attributes.rb:83)', () => {
    expect(plain.split('\n').filter((line) => / = /.test(line) && !line.startsWith(' '))).toEqual([
      'occi.core.id = urn:uuid:1',
      'occi.core.title = web',
      'occi.compute.cores = 1.5',
      'occi.compute.memory = 512',
      'occi.compute.state = active',
      'com.example.a = x \\"q\\"',
    ])
  })

  it('the printed location is made of kind and id (entity.rb:154)', () => {
    expect(plain).toContain('>> location: /compute/1\n')
  })

  it('a printed link has its attributes as received (parser/text.rb:229)', () => {
    expect(plain).toContain(
      '    >> location: /link/networkinterface/3\n    occi.networkinterface.mac = m\n    occi.core.id = 3\n',
    )
  })

  it('the printed mixins are in lower case, as the entity names them (parser/text.rb:121, mixin.rb:28)', () => {
    expect(plain).toContain(
      '    [[ http://example.org/size#small ]]\n    title:        A size\n    term:         small\n    location:     /mixin/small/\n',
    )
  })

  it('the printed actions follow an empty line (cli/templates/resources.erb:28)', () => {
    expect(plain).toContain(
      'Actions:\n\n    [[ http://schemas.ogf.org/occi/infrastructure/compute/action#stop ]]\n#',
    )
  })

  it('the members of the printed JSON are in this order (entity.rb:195, link.rb:66)', () => {
    const [record] = JSON.parse(jsonRecords(read(answer), { pretty: false, extended: false })) as [
      Record<string, unknown> & { links: Record<string, unknown>[] },
    ]
    expect(Object.keys(record)).toEqual(['kind', 'mixins', 'actions', 'attributes', 'id', 'links'])
    expect(Object.keys(record.links[0] ?? {})).toEqual([
      'kind',
      'attributes',
      'id',
      'rel',
      'source',
      'target',
    ])
    expect(record.links[0]).toMatchObject({ source: '/compute/1', target: '/network/2' })
  })

  it.each([
    ['007', '7'],
    ['1.0', '1.0'],
    ['2.50', '2.5'],
    ['0.00001', '1.0e-05'],
    ['10000000000000000.0', '1.0e+16'],
  ])('the number %s is printed as Ruby prints it (parser/text.rb:181)', (written, printed) => {
    expect(rocciNumber(written)).toEqual({ number: printed })
  })
})
