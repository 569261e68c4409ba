/** The mixins of an entity, and the attributes that depend on them. */
import type { AttributeValue, Mixin, TypeId } from '../../model/index.js'
import { osTpl, resourceTpl } from '../catalog/templates.js'
import { Fault } from '../fault.js'
import type { Context } from './context.js'

/** The mixin with this identifier. Throws Fault 400 or 403 if it does not exist or does not apply to the kind. */
export function applicableMixin(context: Context, id: TypeId, kind: TypeId): Mixin {
  const mixin = context.catalog.mixin(id)
  if (mixin === undefined) throw new Fault(400, `Category ${id} is not known to this provider`)
  const applies = context.catalog.closure([id]).flatMap((part) => part.applies)
  const fits = applies.length === 0 || applies.some((allowed) => context.catalog.descends(kind, allowed))
  if (!fits) {
    throw new Fault(context.behaviour.mixinNotApplicableStatus, `Mixin ${id} cannot be applied to ${kind}`)
  }
  return mixin
}

/** Existing mixins and added ones. A new template replaces the one of the same family. */
export function withAddedMixins(
  context: Context,
  has: readonly TypeId[],
  adds: readonly TypeId[],
): readonly TypeId[] {
  let result = [...has]
  for (const id of adds) {
    if (result.includes(id)) continue
    const family = familyOf(context, id)
    if (family !== undefined && context.behaviour.templates === 'replace') {
      result = result.filter((other) => familyOf(context, other) !== family)
    }
    result.push(id)
  }
  return result
}

/** Throws Fault 400 when a new entity has two images or two sizes. */
export function checkOneTemplateOfEach(context: Context, mixins: readonly TypeId[]): void {
  for (const family of [osTpl, resourceTpl]) {
    const templates = [...new Set(mixins)].filter((id) => familyOf(context, id) === family)
    if (templates.length > 1)
      throw new Fault(400, `Only one template is possible, not ${templates.join(' and ')}`)
  }
}

/** The family of a template: os_tpl for an image, resource_tpl for a size; undefined for other mixins. */
export function familyOf(context: Context, id: TypeId): TypeId | undefined {
  return [osTpl, resourceTpl].find((family) => id !== family && context.catalog.dependsOn(id, family))
}

/**
 * Default values of a kind and mixins. Values of the client override the `soft` ones, but not the `hard` ones, which
 * come from templates (GFD.224 §3.5).
 */
export function defaultsOf(
  context: Context,
  kind: TypeId,
  mixins: readonly TypeId[],
): {
  readonly soft: ReadonlyMap<string, AttributeValue>
  readonly hard: ReadonlyMap<string, AttributeValue>
} {
  const soft = new Map<string, AttributeValue>()
  const hard = new Map<string, AttributeValue>()
  for (const part of [...context.catalog.lineage(kind)].reverse()) collect(part.attributes, soft)
  for (const part of context.catalog.closure(mixins)) {
    collect(part.attributes, familyOf(context, part.id) === undefined ? soft : hard)
  }
  return { soft, hard }
}

function collect(definitions: Mixin['attributes'], into: Map<string, AttributeValue>): void {
  for (const definition of definitions.values()) {
    if (definition.default !== undefined) into.set(definition.name, definition.default)
  }
}
