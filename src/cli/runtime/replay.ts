/** `-e replay:FILE`: runs a command on a recording. */
import type { Credentials, CredentialsDescription } from '../../auth/index.js'
import type { HeaderPair } from '../../basics/http.js'
import { OcciClient } from '../../client/index.js'
import { UsageError } from '../../errors/errors.js'
import { purposes, unreadableReason } from '../../files/index.js'
import {
  type CredentialsOutcome,
  parseHar,
  type Recording,
  replay,
  replayedError,
  traceTransport,
  withRetries,
} from '../../transport/index.js'
import type { ConnectionContext, Surroundings } from '../context.js'
import { clientSettings } from './client-settings.js'
import { withPreview } from './layers.js'
import { retrySettings, transportSettings } from './network.js'

/** Opens a client that answers from a recording, without network, login, caches or journal. */
export async function openRecording(
  context: ConnectionContext,
  file: string,
  headers: readonly HeaderPair[],
): Promise<{ client: OcciClient; credentials: Credentials | undefined; endpoint: string }> {
  const recording = await readRecording(context, file)
  const endpoint = endpointOfRecording(recording)
  if (endpoint === undefined) {
    throw new UsageError(`The recording ${file} has no exchange with a provider`, { at: '--endpoint' })
  }
  const credentials = replayedCredentials(recording)
  const { transport, clock } = replay(recording)
  const ids = [...(recording.facts.ids ?? [])]
  const retryOptions = retrySettings(context)
  const client = new OcciClient({
    ...clientSettings(context, headers),
    endpoint,
    clock,
    uuid: () => ids.shift() ?? crypto.randomUUID(),
    transport: withPreview(
      withRetries(traceTransport(transport, transportSettings(context)), {
        ...retryOptions,
        retries: recording.facts.retries ?? retryOptions.retries,
        clock,
      }),
      context,
    ),
    ...(credentials === undefined ? {} : { credentials }),
  })
  return { client, credentials, endpoint }
}

/** Reads the recording of `replay:FILE`. Throws UsageError, and ProtocolError if the file is not a recording. */
export async function readRecording({ runtime }: Surroundings, file: string): Promise<Recording> {
  let text: string
  try {
    text = (await runtime.readFile(file, purposes.recording)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`The recording ${file} cannot be read: ${unreadableReason(cause)}`, {
      hint: 'Use a file that --record wrote: -e replay:FILE.har',
      at: '--endpoint',
      cause,
    })
  }
  return parseHar(text)
}

/**
 * The endpoint of a recording: the recorded one, else that of the first request to the query interface, else the
 * server of the first request.
 */
export function endpointOfRecording({ facts, exchanges }: Recording): string | undefined {
  if (facts.endpoint !== undefined) return facts.endpoint
  const urls = exchanges.flatMap(({ by, request }) => (by === 'client' ? [request.url] : []))
  const queryUrl = /^(.*\/)(?:-\/?|\.well-known\/org\/ogf\/occi\/-\/?)(?:\?.*)?$/
  for (const url of urls) {
    const base = queryUrl.exec(url)?.[1]
    if (base !== undefined) return base
  }
  return urls[0] === undefined ? undefined : new URL('/', urls[0]).href
}

/** Credentials that behave like those of the recorded command. Throws the recorded error of a failed login. */
function replayedCredentials({ facts }: Recording): Credentials | undefined {
  const { login } = facts
  if (login === undefined) return undefined
  if (login.failed !== undefined) throw replayedError(login.failed)
  const outcomes = [...(login.outcomes ?? [])]
  const takeOutcome = (call: CredentialsOutcome['call']): CredentialsOutcome | undefined => {
    const index = outcomes.findIndex((outcome) => outcome.call === call)
    return index < 0 ? undefined : outcomes.splice(index, 1)[0]
  }
  let signCount = 0
  return {
    identity: 'replay',
    ...(login.renewals === undefined ? {} : { renewals: login.renewals }),
    ...(login.certificate === undefined ? {} : { certificate: login.certificate }),
    async sign() {
      signCount += 1
      const failure = outcomes.find(({ call, after }) => call === 'sign' && after === signCount)?.error
      if (failure !== undefined) throw replayedError(failure)
      return []
    },
    async renew() {
      const outcome = takeOutcome('renew')
      if (outcome?.error !== undefined) throw replayedError(outcome.error)
      return outcome?.renewed ?? false
    },
    async refused() {
      const error = takeOutcome('refused')?.error
      return error === undefined ? undefined : replayedError(error)
    },
    describe: () => descriptionIn(login.description),
  }
}

function descriptionIn(recorded: Readonly<Record<string, unknown>> = {}): CredentialsDescription {
  const text = (name: 'subject' | 'project' | 'issuer') => {
    const value = recorded[name]
    return typeof value === 'string' ? { [name]: value } : {}
  }
  const { method, expires } = recorded
  const expiry = typeof expires === 'string' ? new Date(expires) : undefined
  return {
    method: typeof method === 'string' ? method : 'none',
    ...text('subject'),
    ...text('project'),
    ...text('issuer'),
    ...(expiry === undefined || Number.isNaN(expiry.getTime()) ? {} : { expires: expiry }),
  }
}
