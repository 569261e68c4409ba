/** `--for CONDITION`: the condition to wait for. */
import type { WaitCondition } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import { type Model, type TypeId, termOf } from '../../../model/index.js'
import { checkState } from './wait-options.js'
import { parsePort } from './wait-port.js'

/** A condition of the client, or an open port, which this program checks itself. */
export type Condition = WaitCondition | { readonly for: 'port'; readonly port: number }

/**
 * Parses `state=active`, `active`, `deleted`, `exists`, `ip`, `port=22` or `occi.compute.cores=2`. States are checked
 * against those of the kind; undefined stands for any kind. Throws UsageError.
 */
export function parseCondition(text: string, kind: string | undefined): Condition {
  const simpleCondition = Object.hasOwn(simpleConditions, text) ? simpleConditions[text] : undefined
  if (simpleCondition !== undefined) return simpleCondition
  const equalsIndex = text.indexOf('=')
  const name = text.slice(0, Math.max(equalsIndex, 0)).trim()
  const value = text.slice(equalsIndex + 1).trim()
  if (value === '' || (equalsIndex >= 0 && name === '')) {
    throw new UsageError(`--for cannot be "${text}"`, {
      hint: 'Use state=active, deleted, exists, ip, port=22, or NAME=VALUE.',
      at: '--for',
    })
  }
  if (name === 'port') return { for: 'port', port: parsePort(value) }
  if (equalsIndex < 0 || name === 'state') {
    checkState(value, { kind, at: '--for', otherWords: Object.keys(simpleConditions) })
    return { for: 'state', state: value }
  }
  // The prefix "attr:" is accepted, but not needed.
  return { for: 'attribute', name: name.replace(/^attr:/, ''), value }
}

const simpleConditions: Readonly<Record<string, WaitCondition>> = {
  deleted: { for: 'deleted' },
  exists: { for: 'exists' },
  ip: { for: 'ip' },
}

/** Throws UsageError for a condition that no entity of the kind meets. */
export function checkForKind(condition: Condition, kind: TypeId): void {
  if (condition.for === 'state') checkState(condition.state, { kind, at: '--for' })
  if ((condition.for === 'ip' || condition.for === 'port') && kindsWithoutAddress.includes(termOf(kind))) {
    throw new UsageError(`A ${termOf(kind)} has no address`, {
      hint: 'Wait for a state, deleted, exists, or NAME=VALUE.',
      at: '--for',
    })
  }
}

const kindsWithoutAddress: readonly string[] = ['storage', 'storagelink']

/** Replaces a short name (`cores`) by the full name of the attribute, if only one in the model ends in it. */
export function withFullName(condition: Condition, model: Model): Condition {
  if (condition.for !== 'attribute' || condition.name.includes('.')) return condition
  const ending = `.${condition.name}`
  const fullNames = new Set<string>()
  for (const category of model.categories) {
    if (category.class === 'action') continue
    for (const name of category.attributes.keys()) if (name.endsWith(ending)) fullNames.add(name)
  }
  const [only] = fullNames
  return only === undefined || fullNames.size > 1 ? condition : { ...condition, name: only }
}
