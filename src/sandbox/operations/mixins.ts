/** The mixins of an entity, and the attributes that depend on them. */
import type { AttributeValue, Mixin, TypeId } from '../../model/index.js'
import { OS_TEMPLATE, RESOURCE_TEMPLATE } from '../../model/index.js'
import { Fault } from '../fault.js'
import type { Context } from './context.js'

/** The mixin with this identifier. Throws Fault 400 or 403 if it does not exist or does not apply to the kind. */
export function applicableMixin(context: Context, id: TypeId, kind: TypeId): Mixin {
  const mixin = context.catalog.mixin(id)
  if (mixin === undefined)
    throw new Fault(400, `Category ${id} is not known to this provider`, {
      code: 'unknown-category',
      subject: id,
    })
  const allowedKinds = context.catalog.closure([id]).flatMap(({ applies }) => applies)
  const isApplicable =
    allowedKinds.length === 0 || allowedKinds.some((allowed) => context.catalog.descendsFrom(kind, allowed))
  if (!isApplicable) {
    throw new Fault(context.behaviour.mixinNotApplicableStatus, `Mixin ${id} cannot be applied to ${kind}`)
  }
  return mixin
}

/** The existing mixins with others added. An added template replaces the existing one of its family. */
export function withAddedMixins(
  context: Context,
  existing: readonly TypeId[],
  added: readonly TypeId[],
): readonly TypeId[] {
  let result = [...existing]
  for (const id of added) {
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
  for (const family of [OS_TEMPLATE, RESOURCE_TEMPLATE]) {
    const templates = [...new Set(mixins)].filter((id) => familyOf(context, id) === family)
    if (templates.length > 1)
      throw new Fault(400, `Only one template is possible, not ${templates.join(' and ')}`)
  }
}

/** The family of a template: os_tpl for an image, resource_tpl for a size; undefined for other mixins. */
export function familyOf(context: Context, id: TypeId): TypeId | undefined {
  return [OS_TEMPLATE, RESOURCE_TEMPLATE].find(
    (family) => id !== family && context.catalog.dependsOn(id, family),
  )
}

/**
 * Default values of a kind and mixins. Values of the client override the `overridable` ones, but not the `binding`
 * ones, which come from templates (GFD.224 §3.5).
 */
export function defaultsOf(
  context: Context,
  kind: TypeId,
  mixins: readonly TypeId[],
): {
  readonly overridable: ReadonlyMap<string, AttributeValue>
  readonly binding: ReadonlyMap<string, AttributeValue>
} {
  const overridable = new Map<string, AttributeValue>()
  const binding = new Map<string, AttributeValue>()
  for (const ancestor of [...context.catalog.lineage(kind)].reverse()) {
    addDefaults(ancestor.attributes, overridable)
  }
  for (const mixin of context.catalog.closure(mixins)) {
    addDefaults(mixin.attributes, familyOf(context, mixin.id) === undefined ? overridable : binding)
  }
  return { overridable, binding }
}

function addDefaults(definitions: Mixin['attributes'], defaults: Map<string, AttributeValue>): void {
  for (const definition of definitions.values()) {
    if (definition.default !== undefined) defaults.set(definition.name, definition.default)
  }
}
