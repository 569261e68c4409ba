/**
 * What the client's requests (not those of the login) pass through on their way to the provider, outermost last. One layer is one
 * file; each sees whole exchanges and knows nothing of the others.
 */
import type { Transport } from '../../transport/index.js'
import type { CommandContext } from '../context.js'
import { interrupting } from './interrupting.js'
import { journaling } from './journaling.js'

export type Layer = (inner: Transport, context: CommandContext) => Transport

const layers: readonly Layer[] = [journaling, interrupting]

export function layered(transport: Transport, context: CommandContext): Transport {
  return layers.reduce((inner, layer) => layer(inner, context), transport)
}
