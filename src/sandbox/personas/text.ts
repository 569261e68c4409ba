/** Prints the text renderings in the style of servers that deviate from the standard. */
import {
  type AttributeDefinition,
  type AttributeValue,
  type Category,
  type Entity,
  type Link,
  type TypeId,
  termOf,
} from '../../model/index.js'

/** How one server writes text. */
export interface TextStyle {
  /** Between parameters. */
  readonly semicolon: '; ' | ';' | ';  '
  readonly values: 'typed' | 'all-quoted'
  /** How quotes and backslashes inside values are escaped. */
  readonly escape: 'backslash' | 'none' | 'twice'
  readonly floats: 'plain' | 'six-digits'
  readonly class: 'quoted' | 'bare'
  /** Whether entities contain only the names of their categories, or their definitions. */
  readonly entityCategories: 'named' | 'defined'
  readonly definitions: 'whole' | 'without-attributes'
  /** Locations of categories in the query interface. */
  readonly locations: 'relative' | 'absolute'
  /** Which property of an attribute definition is written first. */
  readonly firstProperty: 'required' | 'immutable'
  /** URLs in Link, occi.core.source and occi.core.target. */
  readonly links: 'relative' | 'absolute'
  /** What the URL in the `<>` of a Link refers to: the target, or (ooi) the link itself. */
  readonly linkPointsTo: 'target' | 'itself'
  readonly linkRel: 'target-kind' | 'core-entity'
  /** Separates the categories of a Link; undefined: a Link has no categories. */
  readonly linkCategorySeparator: ' ' | '' | undefined
  readonly actions: 'shown' | 'hidden'
  readonly inlineLinks: 'shown' | 'hidden'
  /** Whether an inline Link has its source and target as attributes. Default: yes. */
  readonly inlineEnds?: 'hidden'
}

export type Field = readonly [
  name: 'Category' | 'Link' | 'X-OCCI-Attribute' | 'X-OCCI-Location',
  value: string,
]

export interface PrintContext {
  readonly style: TextStyle
  readonly describe: (id: string) => Category | undefined
  /** Absolute URL of a path. */
  readonly url: (path: string) => string
}

export function entityFields(entity: Entity, printing: PrintContext): readonly Field[] {
  const { style, url } = printing
  const link = (path: string) => (style.links === 'absolute' ? url(path) : path)
  const categories = [entity.kind, ...entity.mixins].map(
    (id): Field => ['Category', categoryOf(id, printing)],
  )
  const inline =
    entity.type === 'resource' && style.inlineLinks === 'shown'
      ? entity.links.map((one): Field => ['Link', linkValue(one, printing, link)])
      : []
  const actions =
    style.actions === 'shown'
      ? entity.actions.map(
          (action): Field => ['Link', `<${link(action.href ?? '')}>${style.semicolon}rel="${action.id}"`],
        )
      : []
  const attributes = attributesOf(entity, link).map(
    ([name, value]): Field => ['X-OCCI-Attribute', `${name}=${printValue(value, style)}`],
  )
  return [...categories, ...actions, ...inline, ...attributes]
}

export function categoryFields(categories: readonly Category[], printing: PrintContext): readonly Field[] {
  return categories.map((category) => ['Category', definition(category, printing)])
}

export function locationFields(paths: readonly string[], printing: PrintContext): readonly Field[] {
  return paths.map((path) => ['X-OCCI-Location', printing.url(path)])
}

function categoryOf(id: TypeId, printing: PrintContext): string {
  const category = printing.describe(id)
  // Networks of ooi have the mixin osnetwork, which its query interface lacks.
  if (category === undefined) {
    const term = termOf(id)
    return head({ term, scheme: id.slice(0, id.length - term.length), class: 'mixin' }, printing.style)
  }
  return printing.style.entityCategories === 'defined'
    ? definition(category, printing)
    : head(category, printing.style)
}

function head(category: Pick<Category, 'term' | 'scheme' | 'class'>, style: TextStyle): string {
  const quote = style.class === 'quoted' ? '"' : ''
  return [category.term, `scheme="${category.scheme}"`, `class=${quote}${category.class}${quote}`].join(
    style.semicolon,
  )
}

function definition(category: Category, printing: PrintContext): string {
  const { style, url } = printing
  const parts = [head(category, style)]
  if (category.title !== undefined) parts.push(`title="${category.title}"`)
  const rel =
    category.class === 'kind' ? category.parent : category.class === 'mixin' ? category.depends[0] : undefined
  if (rel !== undefined) parts.push(`rel="${rel}"`)
  if (category.class !== 'action' && category.location !== undefined)
    parts.push(`location="${style.locations === 'absolute' ? url(category.location) : category.location}"`)
  if (style.definitions === 'whole') {
    const attributes = [...category.attributes.values()].map((attribute) =>
      attributeDefinition(attribute, style),
    )
    if (attributes.length > 0) parts.push(`attributes="${attributes.join(' ')}"`)
    if (category.class !== 'action' && category.actions.length > 0)
      parts.push(`actions="${category.actions.join(' ')}"`)
  }
  return parts.join(style.semicolon)
}

function attributeDefinition(attribute: AttributeDefinition, { firstProperty }: TextStyle): string {
  const required = attribute.required ? ['required'] : []
  const immutable = attribute.mutable ? [] : ['immutable']
  const properties = firstProperty === 'required' ? [...required, ...immutable] : [...immutable, ...required]
  return properties.length === 0 ? attribute.name : `${attribute.name}{${properties.join(' ')}}`
}

function linkValue(link: Link, printing: PrintContext, path: (path: string) => string): string {
  const { style } = printing
  const itself = path(link.location ?? '')
  const target = path(link.target?.location ?? '')
  const rel = style.linkRel === 'core-entity' ? 'http://schemas.ogf.org/occi/core#entity' : link.target?.kind
  const parts = [
    `<${style.linkPointsTo === 'itself' ? itself : target}>`,
    `rel="${rel ?? ''}"`,
    `self="${itself}"`,
  ]
  if (style.linkCategorySeparator !== undefined) {
    parts.push(`category="${[link.kind, ...link.mixins].join(style.linkCategorySeparator)}"`)
  }
  const { source: _source, target: _target, ...withoutEnds } = link
  const shown = style.inlineEnds === 'hidden' ? withoutEnds : link
  for (const [name, value] of attributesOf(shown, path)) parts.push(`${name}=${printValue(value, style)}`)
  return parts.join(style.semicolon)
}

function attributesOf(
  entity: Entity,
  path: (path: string) => string,
): readonly (readonly [string, AttributeValue])[] {
  const core: [string, AttributeValue][] = []
  if (entity.title !== undefined) core.push(['occi.core.title', entity.title])
  if (entity.type === 'resource' && entity.summary !== undefined)
    core.push(['occi.core.summary', entity.summary])
  const ends: [string, AttributeValue][] = []
  if (entity.type === 'link') {
    if (entity.source !== undefined) ends.push(['occi.core.source', path(entity.source.location)])
    if (entity.target !== undefined) ends.push(['occi.core.target', path(entity.target.location)])
  }
  const id: [string, AttributeValue][] = entity.id === undefined ? [] : [['occi.core.id', entity.id]]
  return [...core, ...entity.attributes, ...ends, ...id]
}

function printValue(value: AttributeValue, style: TextStyle): string {
  if (typeof value === 'string') return `"${escapes[style.escape](value)}"`
  const bare = typeof value === 'object' ? JSON.stringify(value) : printScalar(value, style)
  const mustQuote = style.values === 'all-quoted' || typeof value === 'object' || typeof value === 'boolean'
  return mustQuote ? `"${bare}"` : bare
}

function printScalar(value: number | bigint | boolean, style: TextStyle): string {
  if (typeof value !== 'number' || style.floats === 'plain' || Number.isInteger(value)) return String(value)
  // Erlang's ~g: six significant digits, and an exponent below 0.1 or from 10000 on.
  const size = Math.abs(value)
  return size >= 0.1 && size < 10_000 ? value.toPrecision(6) : value.toExponential(5)
}

const escapes: Readonly<Record<TextStyle['escape'], (text: string) => string>> = {
  none: (text) => text,
  backslash: (text) => text.replace(/[\\"]/g, '\\$&'),
  twice: (text) => text.replace(/[\\"]/g, '\\\\\\$&'),
}
