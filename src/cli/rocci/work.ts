/** What each of rOCCI's actions is given, and how it finds mixins. */
import type { Client } from '../../client/index.js'
import { UsageError } from '../../errors/errors.js'
import { type Mixin, type Model, parseIdentifier } from '../../model/index.js'
import type { Parsed } from './optparse.js'
import type { ContextVariables } from './values.js'

export interface Work {
  readonly client: Client
  readonly parsed: Parsed
  readonly variables: ContextVariables
  readonly signal: AbortSignal
  /** Prints at once, so that the entity is known even when waiting fails. */
  readonly announce: (text: string) => Promise<void>
}

/** `os_tpl#debian6`: the mixin of that term among those related to any mixin of that name. Throws UsageError. */
export function shortMixin(name: string, model: Model): Mixin {
  const exact = model.get(name)
  if (exact?.class === 'mixin') return exact
  const { scheme = '', term = '' } = parseIdentifier(name) ?? {}
  const root = scheme.replace(/#$/, '')
  // Terms are listed in lower case, as in rOCCI, while the provider may need its own spelling.
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
