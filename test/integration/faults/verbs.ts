/** The commands that are broken, and the cloud that they find. */
import { attribute, cloud, infra, kind, text } from '../../sandbox/client.js'

export interface Verb {
  readonly name: string
  readonly words: readonly string[]
  /** Only looks: what it prints counts. */
  readonly reads?: true
  /** In rOCCI-cli's form: exit status 0 or 1, and words. */
  readonly rocci?: true
  /** What of its output must not differ; default: all. */
  readonly essence?: (out: string) => unknown
  /** Begins without anything in the caches: the query interface is asked, too. */
  readonly cold?: true
}

const web = '/compute/00000000-0000-4000-8000-000000000001'
const db = '/compute/00000000-0000-4000-8000-000000000002'
const data = '/storage/00000000-0000-4000-8000-000000000003'

const verb = (name: string, words: string): Verb => ({ name, words: words.split(' ') })
const reading = (name: string, words: string): Verb => ({ ...verb(name, words), reads: true })

const rocci = (name: string, words: string): Verb => ({ ...verb(name, words), rocci: true })
const raw = `${kind('storage')}${attribute('occi.storage.size', 1)}`

export const verbs: readonly Verb[] = [
  // The text rendering says less of attributes than JSON does, and takes its place.
  { ...reading('discover', 'model list'), cold: true, essence: ids },
  reading('list', 'compute list'),
  reading('list a mixin', 'mixin members tagged'),
  reading('describe', 'compute describe web'),
  { ...verb('create, cold', 'compute create new --cores 2'), cold: true },
  verb('create', 'compute create new --cores 2'),
  verb('create, no title', 'compute create --cores 2'),
  verb('create at an id', 'compute create new --id 5f0cf1a2-9f53-4ac4-8d0b-6f2c6b1d9d11'),
  verb('create and link', 'compute create new --network private --storage data'),
  verb('create two', 'storage create new --size 1 --count 2'),
  verb('update', 'compute update web --title renamed'),
  verb('replace', `compute replace ${web} --title renamed --cores 4`),
  verb('delete', 'compute delete web --yes'),
  verb('delete two', `compute delete ${web} ${db} --yes`),
  verb('delete collection', 'compute delete --all --yes'),
  verb('delete below path', 'delete /storage/ --all --yes'),
  verb('trigger', `compute stop ${web}`),
  verb('trigger two', `compute stop ${web} ${db}`),
  verb('link', `compute link ${db} ${data}`),
  verb('unlink', `compute unlink ${web} ${data}`),
  verb('define mixin', 'mixin create fresh'),
  verb('remove mixin', 'mixin delete tagged --yes'),
  verb('attach mixin', `mixin attach tagged ${web}`),
  verb('detach mixin', `mixin detach tagged ${db}`),
  verb('set mixin', `mixin set tagged ${web}`),
  {
    name: 'any request',
    words: ['api', 'POST', '/storage/', '--data', raw],
  },
  rocci(
    'rOCCI create',
    '--action create --resource compute --mixin os_tpl#debian-12 --attribute occi.core.title=new',
  ),
  rocci('rOCCI delete', `--action delete --resource ${web}`),
  rocci('rOCCI trigger', `--action trigger --resource ${web} --trigger-action stop`),
  rocci('rOCCI link', `--action link --resource ${db} --link ${data}`),
  { name: 'any deletion', words: ['api', 'DELETE', web] },
]

function ids(out: string): unknown {
  return (JSON.parse(out) as readonly { readonly id: string }[]).map(({ id }) => id).sort()
}

export type Cloud = ReturnType<typeof cloud>

/** web (with a link to data) and db (with the mixin tagged); each id is the same in each run. */
export async function furnished(): Promise<Cloud> {
  const made = cloud({ speed: 0 })
  const post = async (target: string, body: string): Promise<string> => {
    const answer = await made.ask('POST', target, text(body))
    if (answer.status >= 300) throw new Error(`${target}: ${answer.status} ${answer.body}`)
    const location = answer.header('location')
    return location === undefined ? '' : new URL(location).pathname
  }
  const web = await post('/compute/', kind('compute') + attribute('occi.core.title', 'web'))
  const db = await post('/compute/', kind('compute') + attribute('occi.core.title', 'db'))
  const data = await post(
    '/storage/',
    kind('storage') + attribute('occi.core.title', 'data') + attribute('occi.storage.size', 10),
  )
  await post(
    '/storagelink/',
    kind('storagelink') +
      attribute('occi.core.source', web) +
      attribute('occi.core.target', data) +
      attribute('occi.storagelink.deviceid', '/dev/vdb'),
  )
  await post(
    '/-/',
    'Category: tagged; scheme="http://example.org/tags#"; class="mixin"; location="/tagged/"\r\n',
  )
  await post('/tagged/', `X-OCCI-Location: ${db}\r\n`)
  return made
}

/** All that the provider has, as one text: equal texts are equal clouds. New ids differ from run to run. */
export async function stateOf({ ask }: Cloud): Promise<string> {
  const read = async (target: string, accept: string) => (await ask('GET', target, { accept })).body
  const parts: string[] = []
  for (const path of ['compute', 'network', 'storage', 'storagelink', 'networkinterface']) {
    parts.push(await read(`/${path}/`, 'application/occi+json'))
  }
  const own = /scheme="http:\/\/example\.org\//
  const mixins = (await read('/-/', 'text/plain')).split('\r\n').filter((line) => own.test(line))
  return sorted(JSON.parse(`[${parts.map((part) => (part === '' ? 'null' : part)).join(',')}]`), mixins)
}

function sorted(collections: unknown, mixins: readonly string[]): string {
  const known = /^(00000000-0000-4000-8000-00000000000[1-4]|public|private)$/
  const anonymous = (text: string): string =>
    text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) =>
      known.test(id) ? id : 'new',
    )
  const lines = (collections as { readonly resources?: unknown[]; readonly links?: unknown[] }[])
    .flatMap((one) => [...(one?.resources ?? []), ...(one?.links ?? [])])
    .map((entity) => anonymous(JSON.stringify(entity)))
  return [...lines, ...mixins].sort().join('\n')
}

/** How many entities there are: two where one was asked for is the worst of all. */
export function countOf(state: string): number {
  return state.split('\n').filter((line) => line.includes(`"kind":"${infra}`)).length
}
