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
  /** Separates parameters. */
  readonly semicolon: '; ' | ';' | ';  '
  /** Whether numbers are written without quotes. */
  readonly values: 'typed' | 'all-quoted'
  /** How quotes and backslashes inside values are escaped. */
  readonly escape: 'backslash' | 'none' | 'twice'
  /** How fractions are written. */
  readonly floats: 'plain' | 'six-digits'
  /** Whether the value of the parameter `class` is in quotes. */
  readonly class: 'quoted' | 'bare'
  /** Whether entities contain only the identifiers of their categories, or their definitions. */
  readonly entityCategories: 'named' | 'defined'
  /** Whether definitions include attributes and actions. */
  readonly definitions: 'whole' | 'without-attributes'
  /** Form of the locations of categories. */
  readonly locations: 'relative' | 'absolute'
  /** Which property of an attribute definition is written first. */
  readonly firstAttributeProperty: 'required' | 'immutable'
  /** Form of the URLs in Link, occi.core.source and occi.core.target. */
  readonly links: 'relative' | 'absolute'
  /** What the URL in the `<>` of a Link refers to: the target or, at ooi, the link itself. */
  readonly linkPointsTo: 'target' | 'itself'
  /** The parameter `rel` of a Link: the kind of its target, or the kind Entity. */
  readonly linkRel: 'target-kind' | 'core-entity'
  /** Separates the categories of a Link; undefined if a Link has no categories. */
  readonly linkCategorySeparator: ' ' | '' | undefined
  /** Whether entities contain their actions. */
  readonly actions: 'shown' | 'hidden'
  /** Whether resources contain their links. */
  readonly inlineLinks: 'shown' | 'hidden'
  /** Whether the source and target of an inline Link are among its attributes. Default: they are. */
  readonly inlineEnds?: 'hidden'
}

/** A header, or a line of text/plain. */
export type Field = readonly [
  name: 'Category' | 'Link' | 'X-OCCI-Attribute' | 'X-OCCI-Location',
  value: string,
]

export interface PrintContext {
  readonly style: TextStyle
  /** Looks up a category. */
  readonly describe: (id: string) => Category | undefined
  /** Returns the absolute URL of a path. */
  readonly url: (path: string) => string
}

export function entityFields(entity: Entity, printContext: PrintContext): readonly Field[] {
  const { style, url } = printContext
  const linkUrl = (path: string) => (style.links === 'absolute' ? url(path) : path)
  const categories = [entity.kind, ...entity.mixins].map(
    (id): Field => ['Category', categoryValue(id, printContext)],
  )
  const inlineLinks =
    entity.type === 'resource' && style.inlineLinks === 'shown'
      ? entity.links.map((inlineLink): Field => ['Link', linkValue(inlineLink, printContext, linkUrl)])
      : []
  const actions =
    style.actions === 'shown'
      ? entity.actions.map(
          (action): Field => ['Link', `<${linkUrl(action.href ?? '')}>${style.semicolon}rel="${action.id}"`],
        )
      : []
  const attributes = allAttributes(entity, linkUrl).map(
    ([name, value]): Field => ['X-OCCI-Attribute', `${name}=${printValue(value, style)}`],
  )
  return [...categories, ...actions, ...inlineLinks, ...attributes]
}

export function categoryFields(
  categories: readonly Category[],
  printContext: PrintContext,
): readonly Field[] {
  return categories.map((category) => ['Category', categoryDefinition(category, printContext)])
}

export function locationFields(paths: readonly string[], printContext: PrintContext): readonly Field[] {
  return paths.map((path) => ['X-OCCI-Location', printContext.url(path)])
}

function categoryValue(id: TypeId, printContext: PrintContext): string {
  const category = printContext.describe(id)
  // An unknown category is a mixin: networks of ooi have osnetwork, which its query interface lacks.
  if (category === undefined) {
    const term = termOf(id)
    return categoryHead(
      { term, scheme: id.slice(0, id.length - term.length), class: 'mixin' },
      printContext.style,
    )
  }
  return printContext.style.entityCategories === 'defined'
    ? categoryDefinition(category, printContext)
    : categoryHead(category, printContext.style)
}

function categoryHead(category: Pick<Category, 'term' | 'scheme' | 'class'>, style: TextStyle): string {
  const quote = style.class === 'quoted' ? '"' : ''
  return [category.term, `scheme="${category.scheme}"`, `class=${quote}${category.class}${quote}`].join(
    style.semicolon,
  )
}

function categoryDefinition(category: Category, printContext: PrintContext): string {
  const { style, url } = printContext
  const parts = [categoryHead(category, style)]
  if (category.title !== undefined) parts.push(`title="${category.title}"`)
  const rel = parentOf(category)
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

function parentOf(category: Category): TypeId | undefined {
  if (category.class === 'kind') return category.parent
  return category.class === 'mixin' ? category.depends[0] : undefined
}

function attributeDefinition(attribute: AttributeDefinition, { firstAttributeProperty }: TextStyle): string {
  const required = attribute.required ? ['required'] : []
  const immutable = attribute.mutable ? [] : ['immutable']
  const properties =
    firstAttributeProperty === 'required' ? [...required, ...immutable] : [...immutable, ...required]
  return properties.length === 0 ? attribute.name : `${attribute.name}{${properties.join(' ')}}`
}

function linkValue(link: Link, printContext: PrintContext, linkUrl: (path: string) => string): string {
  const { style } = printContext
  const self = linkUrl(link.location ?? '')
  const target = linkUrl(link.target?.location ?? '')
  const rel = style.linkRel === 'core-entity' ? 'http://schemas.ogf.org/occi/core#entity' : link.target?.kind
  const parts = [
    `<${style.linkPointsTo === 'itself' ? self : target}>`,
    `rel="${rel ?? ''}"`,
    `self="${self}"`,
  ]
  if (style.linkCategorySeparator !== undefined) {
    parts.push(`category="${[link.kind, ...link.mixins].join(style.linkCategorySeparator)}"`)
  }
  const { source: _source, target: _target, ...withoutEnds } = link
  const shown = style.inlineEnds === 'hidden' ? withoutEnds : link
  for (const [name, value] of allAttributes(shown, linkUrl)) parts.push(`${name}=${printValue(value, style)}`)
  return parts.join(style.semicolon)
}

/** The attributes of an entity, with those of occi.core. */
function allAttributes(
  entity: Entity,
  linkUrl: (path: string) => string,
): readonly (readonly [string, AttributeValue])[] {
  const core: [string, AttributeValue][] = []
  if (entity.title !== undefined) core.push(['occi.core.title', entity.title])
  if (entity.type === 'resource' && entity.summary !== undefined)
    core.push(['occi.core.summary', entity.summary])
  const ends: [string, AttributeValue][] = []
  if (entity.type === 'link') {
    if (entity.source !== undefined) ends.push(['occi.core.source', linkUrl(entity.source.location)])
    if (entity.target !== undefined) ends.push(['occi.core.target', linkUrl(entity.target.location)])
  }
  const id: [string, AttributeValue][] = entity.id === undefined ? [] : [['occi.core.id', entity.id]]
  return [...core, ...entity.attributes, ...ends, ...id]
}

function printValue(value: AttributeValue, style: TextStyle): string {
  if (typeof value === 'string') return `"${escapes[style.escape](value)}"`
  const unquoted = typeof value === 'object' ? JSON.stringify(value) : printScalar(value, style)
  const mustQuote = style.values === 'all-quoted' || typeof value === 'object' || typeof value === 'boolean'
  return mustQuote ? `"${unquoted}"` : unquoted
}

function printScalar(value: number | bigint | boolean, style: TextStyle): string {
  if (typeof value !== 'number' || style.floats === 'plain' || Number.isInteger(value)) return String(value)
  // Erlang's ~g: six significant digits, with an exponent for magnitudes below 0.1 and of at least 10000.
  const magnitude = Math.abs(value)
  return magnitude >= 0.1 && magnitude < 10_000 ? value.toPrecision(6) : value.toExponential(5)
}

const escapes: Readonly<Record<TextStyle['escape'], (text: string) => string>> = {
  none: (text) => text,
  backslash: (text) => text.replace(/[\\"]/g, '\\$&'),
  twice: (text) => text.replace(/[\\"]/g, '\\\\\\$&'),
}
