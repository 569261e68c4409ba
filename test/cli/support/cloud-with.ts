import { type Client, OcciClient, type RawRequest } from '../../../src/client/index.js'
import { type Entity, Model, NETWORK_INTERFACE, typeId } from '../../../src/model/index.js'

const compute = typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')

/** A client of a cloud with one machine, web, that has these addresses. What is sent raw goes to `endpoint`. */
export function cloudWith(
  addresses: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
  endpoint = 'http://h/',
): Client {
  const web: Entity = {
    type: 'resource',
    kind: compute,
    mixins: [],
    title: 'web',
    location: 'http://h/compute/w1',
    attributes: new Map(Object.entries({ 'occi.compute.state': 'active', ...attributes })),
    actions: [],
    links: addresses.map((address, index) => ({
      type: 'link',
      kind: NETWORK_INTERFACE,
      mixins: [],
      location: `http://h/networkinterface/${index}`,
      attributes: new Map([['occi.networkinterface.address', address]]),
      actions: [],
    })),
  }
  return {
    endpoint,
    raw: (request: RawRequest) => new OcciClient({ endpoint }).raw(request),
    model: async () => new Model([]),
    find: async () => ({ location: web.location }),
    describe: async () => web,
    wait: async () => web,
  } as unknown as Client
}
