/** Records requests that change something in the journal, before they are sent and after they have finished. */
import { headerValue, isSafeMethod } from '../../basics/http.js'
import { type JournalOutcome, type JournalResult, openJournal } from '../../config/index.js'
import { OcciError } from '../../errors/errors.js'
import {
  type RequestHandler,
  redactUrl,
  requestIdOf,
  type Transport,
  wrapTransport,
} from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

export function withJournal(inner: Transport, context: ConnectionContext): Transport {
  const journal = openJournal(context.runtime.folders.state)
  const { clock, redactor } = context.runtime
  const mask = (text: string) => redactor?.mask(text) ?? text
  const journalRequest: RequestHandler = async (request, send) => {
    if (isSafeMethod(request.method)) return send(request)
    const startedAt = clock.now()
    const endEntry = journal.begin({
      time: startedAt,
      command: context.command,
      names: context.words('NAME').map(mask),
      context: context.settings.context,
      method: request.method,
      url: mask(redactUrl(request.url)),
    })
    const finishEntry = (result: Omit<JournalResult, 'milliseconds'>) =>
      endEntry({ ...result, milliseconds: clock.now() - startedAt })
    try {
      const response = await send(request)
      const location = headerValue(response.headers, 'location')
      finishEntry({
        outcome: outcomeOf(response.status),
        status: response.status,
        requestId: requestIdOf(response),
        location: location === undefined ? undefined : mask(redactUrl(location)),
      })
      return response
    } catch (error) {
      finishEntry({
        outcome: error instanceof OcciError && error.facts?.['sent'] === 'no' ? 'not-sent' : 'unknown',
        error: mask(error instanceof Error ? error.message : String(error)),
      })
      throw error
    }
  }
  return {
    ...wrapTransport(inner, journalRequest),
    close: async () => {
      journal.flush()
      await inner.close()
    },
  }
}

/** A 5xx response leaves the outcome unknown, since the provider may have made the change before it failed. */
function outcomeOf(status: number): JournalOutcome {
  if (status >= 200 && status < 300) return 'done'
  return status >= 500 ? 'unknown' : 'refused'
}
