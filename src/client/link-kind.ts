/** Derives the kind of a link from the kind of its target, by GFD.224 §3.5 and the model. */
import { NotFoundError, UsageError } from '../errors/errors.js'
import {
  COMPUTE,
  CORE_SCHEME,
  IP_RESERVATION,
  type Kind,
  LINK,
  type Model,
  NETWORK,
  NETWORK_INTERFACE,
  SECURITY_GROUP,
  SECURITY_GROUP_LINK,
  STORAGE,
  STORAGE_LINK,
  type TypeId,
  termOf,
} from '../model/index.js'

/** The kinds of links in GFD.224, by the kind of their targets. */
const standardLinkKinds: readonly { readonly target: TypeId; readonly link: TypeId }[] = [
  { target: NETWORK, link: NETWORK_INTERFACE },
  { target: IP_RESERVATION, link: NETWORK_INTERFACE },
  { target: STORAGE, link: STORAGE_LINK },
  { target: SECURITY_GROUP, link: SECURITY_GROUP_LINK },
]

/**
 * Returns the kinds of resources that a link of this kind (or of any kind) may have as a target. Throws NotFoundError
 * if the provider has no kind of link.
 */
export function linkTargetKinds(model: Model, kind?: Kind): readonly Kind[] {
  const resources = listableResourceKinds(model)
  if (linkKinds(model).length === 0) {
    throw new NotFoundError('The provider has no kind of link: nothing can be linked there.', {
      hint: '`model().kinds` lists its kinds.',
      basedOn: 'model',
    })
  }
  const kinds = kind === undefined ? linkKinds(model) : [kind]
  const targetKinds = resources.filter(({ id, term }) =>
    kinds.some((linkKind) => {
      const rules = standardLinkKinds.filter(
        ({ link }) => linkKind.id === link || linkKind.term === termOf(link),
      )
      if (rules.length > 0)
        return rules.some(({ target }) => model.isA(id, target) || term === termOf(target))
      return isNamedAfterTarget(linkKind, term)
    }),
  )
  // The name of a provider-specific link kind does not show its targets.
  return targetKinds.length > 0 ? targetKinds : resources
}

/**
 * Returns the kinds of resources that may be the source of a link. `usual` are computes, where the links of the
 * standard start (GFD.224 §3.5).
 */
export function linkSourceKinds(model: Model): {
  readonly usual: readonly Kind[]
  readonly others: readonly Kind[]
} {
  const resources = listableResourceKinds(model)
  const usual = resources.filter(({ id, term }) => model.isA(id, COMPUTE) || term === 'compute')
  return { usual, others: resources.filter((kind) => !usual.includes(kind)) }
}

/** Returns the kinds of resources that have a collection. */
export function listableResourceKinds(model: Model): readonly Kind[] {
  const links = new Set(linkKinds(model))
  return model.kinds.filter(
    (kind) => kind.scheme !== CORE_SCHEME && kind.location !== undefined && !links.has(kind),
  )
}

/**
 * Returns the kind of links to targets of this kind: by the standard, by its name, or because it is the provider's only
 * link kind. Throws UsageError, which lists the provider's link kinds, if it cannot be derived; `targetName` is for its
 * message.
 */
export function deriveLinkKind(model: Model, target: TypeId | undefined, targetName: string): Kind {
  if (target !== undefined) {
    for (const rule of standardLinkKinds) {
      const kind = model.isA(target, rule.target) ? findKind(model, rule.link) : undefined
      if (kind !== undefined) return kind
    }
    const kindsNamedAfterTarget = linkKinds(model).filter((linkKind) =>
      isNamedAfterTarget(linkKind, termOf(target)),
    )
    if (kindsNamedAfterTarget.length === 1 && kindsNamedAfterTarget[0] !== undefined)
      return kindsNamedAfterTarget[0]
  }
  const kinds = linkKinds(model)
  if (kinds.length === 1 && kinds[0] !== undefined) return kinds[0]
  throw new UsageError(
    target === undefined
      ? `The location of ${targetName} does not show which kind of link leads there.`
      : `The model does not show which kind of link leads to a ${termOf(target)}.`,
    {
      hint:
        kinds.length === 0
          ? 'The provider has no link kinds: nothing can be linked there.'
          : `Name one with \`kind\`: ${kinds.map(({ term }) => term).join(', ')}.`,
      at: 'kind',
      basedOn: 'model',
    },
  )
}

/** Whether a link kind has the name of its target: `routerlink`, for example, leads to `router`. */
function isNamedAfterTarget({ term }: Kind, targetTerm: string): boolean {
  return term.startsWith(targetTerm) && term.endsWith('link')
}

/** Returns the provider's link kinds, except the abstract core kind. */
export function linkKinds(model: Model): readonly Kind[] {
  return model.kinds.filter(({ id, term }) => {
    if (id === LINK) return false
    // A kind may lack its parent (Q41). Links are then recognised by their identifier or term.
    return (
      model.isA(id, LINK) ||
      id === NETWORK_INTERFACE ||
      id === STORAGE_LINK ||
      (term.endsWith('link') && term !== 'link')
    )
  })
}

/** Finds a kind by identifier, or by term where a provider uses its own scheme. */
function findKind(model: Model, id: TypeId): Kind | undefined {
  return model.kind(id) ?? linkKinds(model).find(({ term }) => term === termOf(id))
}
