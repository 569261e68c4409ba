/** The input of rOCCI's actions, and the look-up of mixins by rOCCI's short names. */
import type { Client } from '../../client/index.js'
import { UsageError } from '../../errors/errors.js'
import { type Mixin, type Model, parseIdentifier } from '../../model/index.js'
import type { Parsed } from './optparse.js'
import type { ContextVariables } from './values.js'

export interface ActionRequest {
  readonly client: Client
  readonly parsed: Parsed
  readonly variables: ContextVariables
  readonly signal: AbortSignal
  /** Prints immediately, so that the entity is known even if waiting for it fails. */
  readonly announce: (text: string) => Promise<void>
}

/** Finds the mixin `os_tpl#debian6`: its term, and the term of a mixin that it depends on. Throws UsageError. */
export function shortMixin(name: string, model: Model): Mixin {
  const exact = model.get(name)
  if (exact?.class === 'mixin') return exact
  const { scheme = '', term = '' } = parseIdentifier(name) ?? {}
  const root = scheme.replace(/#$/, '')
  // rOCCI prints terms in lower case, but the provider may require its own spelling.
  const spelled = [(text: string) => text, (text: string) => text.toLowerCase()]
  for (const spelling of spelled) {
    const found = model.mixins.find(
      (mixin) =>
        spelling(mixin.term) === spelling(term) &&
        (mixin.scheme === scheme ||
          model.mixins.some((parent) => parent.term === root && model.dependsOn(mixin.id, parent.id))),
    )
    if (found !== undefined) return found
  }
  throw new UsageError(`The specified mixin is not declared in the model! ${JSON.stringify(name)}`)
}
