/** The input of rOCCI's actions, and the look-up of mixins by rOCCI's short names. */
import type { Client } from '../../client/index.js'
import { UsageError } from '../../errors/errors.js'
import { type Mixin, type Model, parseIdentifier } from '../../model/index.js'
import type { ParsedOptions } from './optparse.js'
import type { ContextVariables } from './values.js'

export interface ActionRequest {
  readonly client: Client
  readonly parsed: ParsedOptions
  readonly variables: ContextVariables
  readonly signal: AbortSignal
  /** Prints immediately, so that the entity is known even if waiting for it fails. */
  readonly announce: (text: string) => Promise<void>
}

/**
 * Finds a mixin by its identifier or by rOCCI's short form `os_tpl#debian6`: the term of a mixin on which it depends,
 * and its own term. Throws UsageError.
 */
export function shortMixin(name: string, model: Model): Mixin {
  const exact = model.get(name)
  if (exact?.class === 'mixin') return exact
  const { scheme = '', term = '' } = parseIdentifier(name) ?? {}
  const root = scheme.replace(/#$/, '')
  // rOCCI prints terms in lower case, so a term that differs only in case is the second choice.
  const normalizations = [(text: string) => text, (text: string) => text.toLowerCase()]
  for (const normalize of normalizations) {
    const mixin = model.mixins.find(
      (mixin) =>
        normalize(mixin.term) === normalize(term) &&
        (mixin.scheme === scheme ||
          model.mixins.some((parent) => parent.term === root && model.dependsOn(mixin.id, parent.id))),
    )
    if (mixin !== undefined) return mixin
  }
  throw new UsageError(`The specified mixin is not declared in the model! ${JSON.stringify(name)}`)
}
