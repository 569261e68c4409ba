/** The scope of a token. Keystone and keystoneauth allow only one. */
import { AuthError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import { optionValue } from '../option-value.js'
import type { AuthContext } from '../types.js'

export type Domain = { readonly id: string } | { readonly name: string }

export type Scope =
  | { readonly type: 'project-id'; readonly id: string }
  | { readonly type: 'project-name'; readonly name: string; readonly domain: Domain }
  /** A project by name or id without a domain, which is searched for among the user's projects. */
  | { readonly type: 'project'; readonly nameOrId: string }
  /** No scope was requested, so the token is for the user's only project or one that the user chooses. */
  | { readonly type: 'any-project' }
  | { readonly type: 'domain'; readonly domain: Domain }
  | { readonly type: 'system' }
  | { readonly type: 'trust'; readonly id: string }
  | { readonly type: 'unscoped' }

/** Returns the scope that the options request. Throws AuthError when they request several. */
export function scopeOf(context: AuthContext): Scope {
  const project = optionValue(context, 'project')
  const projectId = optionValue(context, 'project-id')
  const domain = domainOf(context, 'domain')
  const trust = optionValue(context, 'trust-id')
  const system = optionValue(context, 'system-scope')
  const scopes: readonly (readonly [string, boolean])[] = [
    ['project', project !== undefined || projectId !== undefined],
    ['domain', domain !== undefined],
    ['trust', trust !== undefined],
    ['system', system !== undefined],
    ['unscoped', isOn(optionValue(context, 'unscoped'), 'unscoped')],
  ]
  const names = scopes.flatMap(([name, isRequested]) => (isRequested ? [name] : []))
  if (names.length > 1) {
    throw new AuthError(`A token has one scope, but several were requested: ${names.join(', ')}`, {
      hint: 'Give only one of them; check for leftover OS_* variables.',
      facts: { scopes: names },
    })
  }
  if (projectId !== undefined) return { type: 'project-id', id: projectId }
  if (project !== undefined) {
    const domain = domainOf(context, 'project-domain')
    return domain === undefined
      ? { type: 'project', nameOrId: project }
      : { type: 'project-name', name: project, domain }
  }
  if (domain !== undefined) return { type: 'domain', domain }
  if (trust !== undefined) return { type: 'trust', id: trust }
  if (system !== undefined) return { type: 'system' }
  return names.includes('unscoped') ? { type: 'unscoped' } : { type: 'any-project' }
}

/** Returns the domain of the option `user-domain`, `project-domain` or `domain`; `OPTION-id` takes precedence. */
export function domainOf(context: AuthContext, option: string): Domain | undefined {
  const id = optionValue(context, `${option}-id`)
  if (id !== undefined) return { id }
  const name = optionValue(context, option)
  return name === undefined ? undefined : { name }
}

/**
 * Returns the object that describes the scope in a v3 request. Returns undefined for `unscoped`, `any-project` and
 * `project` (its project must be looked up first).
 */
export function scopeBody(scope: Scope): unknown {
  switch (scope.type) {
    case 'project-id':
      return { project: { id: scope.id } }
    case 'project-name':
      return { project: { name: scope.name, domain: scope.domain } }
    case 'domain':
      return { domain: scope.domain }
    case 'trust':
      return { 'OS-TRUST:trust': { id: scope.id } }
    case 'system':
      return { system: { all: true } }
    default:
      return undefined
  }
}

export function describeScope(scope: Scope): string {
  switch (scope.type) {
    case 'project-id':
      return `project ${scope.id}`
    case 'project-name':
      return `project ${scope.name} (domain ${describeDomain(scope.domain)})`
    case 'project':
      return `project ${scope.nameOrId}`
    case 'domain':
      return `domain ${describeDomain(scope.domain)}`
    case 'trust':
      return `trust ${scope.id}`
    case 'system':
      return 'system'
    case 'unscoped':
      return 'no scope'
    case 'any-project':
      return 'no project given'
  }
}

export function describeDomain(domain: Domain): string {
  return 'id' in domain ? `id ${domain.id}` : domain.name
}
