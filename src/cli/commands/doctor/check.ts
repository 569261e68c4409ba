/** The contract of the checks. To add one, add a file to this folder and a line to checks.ts. */
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
  /** What the check found, without a full stop. */
  readonly observation: string
  /** How to correct it, as one sentence or as a command. */
  readonly remedy?: string
  /** Further lines, for `-o json` and -v. */
  readonly details?: readonly string[]
}

export interface Check {
  /** The name in the output: `dns`. */
  readonly name: string
  /** The progress text while the check runs: "Resolving the host". */
  readonly progress: string
  run(examination: Examination): Promise<readonly Finding[]>
}

/** The state that the checks share: each check adds what later ones need. */
export interface Examination {
  readonly context: CommandContext
  readonly probe: Probe
  /** Undefined when the settings have no usable endpoint. */
  endpoint?: Endpoint
  /** The provider's server; undefined for an endpoint that needs no connection. */
  server?: URL
  /** The proxy through which the server is reached. */
  proxy?: URL
  /** Addresses at which the server, or the proxy, accepts connections. */
  addresses?: readonly string[]
  login?: Login
  client?: Client
  /** The result of reading the provider's model: the error, if any, and the milliseconds that it took. */
  discovery?: { readonly error?: OcciError; readonly milliseconds: number }
  report?: ProviderReport
  model?: Model
  /** The responses of the query interface, by the requested media type. */
  responses?: ReadonlyMap<string, HttpResponse>
}

export function ok(observation: string, details?: readonly string[]): Finding {
  return { verdict: 'ok', observation, ...(details === undefined ? {} : { details }) }
}

export function warning(observation: string, remedy: string): Finding {
  return { verdict: 'warning', observation, remedy }
}

/** A check that failed. The texts may be those of a library error, so they are adapted to the command line. */
export function failed(observation: string, remedy?: string): Finding {
  return {
    verdict: 'failed',
    observation: cliText(observation),
    ...(remedy === undefined ? {} : { remedy: cliText(remedy) }),
  }
}

export function skipped(observation: string): Finding {
  return { verdict: 'skipped', observation }
}
