/** The contract of a check: a new one is a file in this folder and a line in checks.ts. */
import type { Client, ProviderReport } from '../../../client/index.js'
import type { OcciError } from '../../../errors/errors.js'
import type { Model } from '../../../model/index.js'
import type { HttpResponse } from '../../../transport/index.js'
import type { CommandContext, Login } from '../../context.js'
import { cliText } from '../../errors/cli-text.js'
import type { Probe } from '../../probe.js'
import type { Endpoint } from '../../runtime/endpoint.js'

export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped'

export interface Finding {
  readonly verdict: Verdict
  /** What was seen, without a full stop. */
  readonly seen: string
  /** What to do about it, as one sentence. */
  readonly remedy?: string
  /** Further lines, for `-o json` and -v. */
  readonly details?: readonly string[]
}

export interface Check {
  /** Names the check in the output: `dns`. */
  readonly name: string
  /** Shown while the check runs: "Resolving the host". */
  readonly doing: string
  run(examination: Examination): Promise<readonly Finding[]>
}

/** What the checks know so far; each adds what the ones after it need. */
export interface Examination {
  readonly context: CommandContext
  readonly probe: Probe
  /** Undefined when the settings have no usable endpoint. */
  endpoint?: Endpoint
  /** The server to connect to; undefined behind a proxy. */
  server?: URL
  /** Addresses at which the server accepts connections. */
  addresses?: readonly string[]
  login?: Login
  client?: Client
  /** The error when the provider's model could not be read, and the milliseconds that reading it took. */
  discovery?: { readonly error?: OcciError; readonly milliseconds: number }
  report?: ProviderReport
  model?: Model
  /** The answers of the query interface, by the rendering that was asked for. */
  answers?: ReadonlyMap<string, HttpResponse>
}

export function ok(seen: string, details?: readonly string[]): Finding {
  return { verdict: 'ok', seen, ...(details === undefined ? {} : { details }) }
}

export function warning(seen: string, remedy: string): Finding {
  return { verdict: 'warning', seen, remedy }
}

export function failed(seen: string, remedy?: string): Finding {
  return {
    verdict: 'failed',
    seen: cliText(seen),
    ...(remedy === undefined ? {} : { remedy: cliText(remedy) }),
  }
}

export function skipped(seen: string): Finding {
  return { verdict: 'skipped', seen }
}
