/**
 * The layers between client and transport, outermost last. Logins do not use them. Each layer is one file, sees
 * whole exchanges, and is independent of the others.
 */
import type { Transport } from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'
import { withInterruptionWarning } from './interruption-warning.js'
import { withJournal } from './journal-layer.js'

type Layer = (inner: Transport, context: ConnectionContext) => Transport

const layers: readonly Layer[] = [withJournal, withInterruptionWarning]

export function withLayers(transport: Transport, context: ConnectionContext): Transport {
  return layers.reduce((inner, layer) => layer(inner, context), transport)
}

/** Adds the outermost layer for --dry-run and --curl, so that a request that is only shown reaches no other layer. */
export function withPreview(transport: Transport, { preview }: ConnectionContext): Transport {
  return preview === undefined ? transport : preview.wrap(transport)
}
