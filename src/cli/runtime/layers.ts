/**
 * What a command's requests pass through on their way to the provider, outermost last. One layer is one
 * file; each sees whole exchanges and knows nothing of the others.
 */
import type { Transport } from '../../transport/index.js'
import type { CommandContext } from '../context.js'

export type Layer = (inner: Transport, context: CommandContext) => Transport

const layers: readonly Layer[] = []

export function layered(transport: Transport, context: CommandContext): Transport {
  return layers.reduce((inner, layer) => layer(inner, context), transport)
}
