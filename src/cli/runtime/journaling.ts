/** Records requests that change something in the journal, before they are sent and when they have ended. */
import { headerValue, isSafeMethod } from '../../basics/http.js'
import { type JournalOutcome, type JournalResult, openJournal } from '../../config/index.js'
import { OcciError } from '../../errors/errors.js'
import { type Around, redactUrl, requestIdOf, type Transport, wrapTransport } from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

export function journaling(inner: Transport, context: ConnectionContext): Transport {
  const journal = openJournal(context.runtime.folders.state)
  const { clock, redactor } = context.runtime
  const shown = (text: string) => redactor?.mask(text) ?? text
  const noted: Around = async (request, send) => {
    if (isSafeMethod(request.method)) return send(request)
    const begun = clock.now()
    const end = journal.begin({
      time: begun,
      command: context.command,
      names: context.words('NAME').map(shown),
      context: context.settings.context,
      method: request.method,
      url: shown(redactUrl(request.url)),
    })
    const ended = (result: Omit<JournalResult, 'milliseconds'>) =>
      end({ ...result, milliseconds: clock.now() - begun })
    try {
      const response = await send(request)
      const location = headerValue(response.headers, 'location')
      ended({
        outcome: outcomeOf(response.status),
        status: response.status,
        requestId: requestIdOf(response),
        location: location === undefined ? undefined : shown(redactUrl(location)),
      })
      return response
    } catch (error) {
      ended({
        outcome: error instanceof OcciError && error.facts?.['sent'] === 'no' ? 'not-sent' : 'unknown',
        error: shown(error instanceof Error ? error.message : String(error)),
      })
      throw error
    }
  }
  return {
    ...wrapTransport(inner, noted),
    close: async () => {
      journal.flush()
      await inner.close()
    },
  }
}

/** A provider may report an error after it has made the change. */
function outcomeOf(status: number): JournalOutcome {
  if (status >= 200 && status < 300) return 'done'
  return status >= 500 ? 'unknown' : 'refused'
}
