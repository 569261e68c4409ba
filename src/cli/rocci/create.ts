/** rOCCI's create action, and functions that the link action shares with it. */

import { omitUndefined } from '../../basics/objects.js'
import type { NewLink } from '../../client/index.js'
import { contextualize } from '../../client/index.js'
import { NotFoundError, UsageError } from '../../errors/errors.js'
import type { AttributeValue, Model } from '../../model/index.js'
import { type ActionRequest, shortMixin } from './action-request.js'
import { hostnamePattern, parseAttributes, splitList } from './values.js'

/** Creates a resource, prints its location at once, and waits if --wait-for-active is set. */
export async function create(request: ActionRequest, model: Model): Promise<string> {
  const { parsed, client, variables, signal } = request
  const name = parsed.values.get('resource') ?? ''
  const kind = model.kinds.find((each) => each.id === name || each.term === name)
  if (kind === undefined) throw new NotFoundError(`I have no idea what ${JSON.stringify(name)} is ...`)
  const attributes = parseAttributes(parsed.lists.get('attribute') ?? [])
  const title = takeText(attributes, 'occi.core.title')
  const summary = takeText(attributes, 'occi.core.summary')
  const id = takeText(attributes, 'occi.core.id')
  if (kind.term === 'compute' && title !== undefined) setHostname(attributes, title)
  const mixins = mixinsOf(request, model)
  addContext(variables, model, attributes, mixins)
  const created = await client.create(
    {
      kind,
      mixins,
      attributes,
      links: splitList(parsed.lists.get('link') ?? []).map(
        (path): NewLink => ({ target: linkPath(path), kind: linkKind(path) }),
      ),
      ...omitUndefined({ title, summary, id }),
    },
    { signal },
  )
  await request.announce(`${created.location}\n`)
  await waitUntilActive(request, created.location, kind.term)
  return ''
}

/** Converts mixins in rOCCI's notation to identifiers. Throws UsageError for one that is not in the model. */
export function mixinsOf({ parsed }: ActionRequest, model: Model): string[] {
  return splitList(parsed.lists.get('mixin') ?? []).map((name) => shortMixin(name, model).id)
}

/** The path of a URL; a path unchanged. */
export function linkPath(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).pathname : uri
}

/** The link kind for the path of a target, as in rOCCI. Throws UsageError for other targets. */
export function linkKind(uri: string): string {
  const path = linkPath(uri)
  if (/\/(network|ipreservation)\//.test(path)) return `${infrastructure}networkinterface`
  if (path.includes('/storage/')) return `${infrastructure}storagelink`
  if (path.includes('/securitygroup/')) return `${infrastructure}securitygrouplink`
  throw new UsageError(
    `Unknown link target ${JSON.stringify(uri)}! Only network and storage targets are supported!`,
  )
}

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'

/** Removes an attribute from the map and returns its text. */
function takeText(attributes: Map<string, AttributeValue>, name: string): string | undefined {
  const value = attributes.get(name)
  attributes.delete(name)
  return value === undefined ? undefined : String(value)
}

/** Uses the title as host name if it is a valid one. rOCCI copied any title. */
function setHostname(attributes: Map<string, AttributeValue>, title: string): void {
  if (!attributes.has('occi.compute.hostname') && hostnamePattern.test(title))
    attributes.set('occi.compute.hostname', title)
}

/** Adds the public key and the user data. Throws NotFoundError if the provider has no mixin for them. */
function addContext(
  { publicKey, userData }: ActionRequest['variables'],
  model: Model,
  attributes: Map<string, AttributeValue>,
  mixins: string[],
): void {
  const contextualization = contextualize(model, omitUndefined({ sshKey: publicKey, userData }))
  mixins.push(...contextualization.mixins)
  for (const [name, value] of contextualization.attributes) attributes.set(name, value)
}

/** Waits for --wait-for-active. Throws TimeoutError; rOCCI ended silently. */
async function waitUntilActive(
  { parsed, client, signal }: ActionRequest,
  location: string,
  kindTerm: string,
): Promise<void> {
  const seconds = Number(parsed.values.get('wait-for-active') ?? 0)
  if (seconds <= 0) return
  const state = kindTerm === 'storage' ? 'online' : 'active'
  await client.wait(location, { for: 'state', state }, { timeout: seconds * 1000, signal })
}
