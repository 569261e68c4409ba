/**
 * The layers between client and provider (not used by logins), outermost last. Each layer is one file, sees
 * whole exchanges, and is independent of the others.
 */
import type { Transport } from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'
import { interrupting } from './interrupting.js'
import { journaling } from './journaling.js'

type Layer = (inner: Transport, context: ConnectionContext) => Transport

const layers: readonly Layer[] = [journaling, interrupting]

export function layered(transport: Transport, context: ConnectionContext): Transport {
  return layers.reduce((inner, layer) => layer(inner, context), transport)
}

/** With --dry-run and --curl: the outermost layer, so that a request that is only shown reaches no other layer. */
export function withPreview(transport: Transport, { preview }: ConnectionContext): Transport {
  return preview === undefined ? transport : preview.over(transport)
}
