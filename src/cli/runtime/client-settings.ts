/** Builds the settings that all clients of a command share. */
import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Settings } from '../../config/types.js'
import { ProtocolError, UsageError } from '../../errors/errors.js'
import { type Deviation, describePlace, entityRenderings, type RenderingName } from '../../rendering/index.js'
import type { ConnectionContext } from '../context.js'
import { shouldValidate } from '../options/validation.js'
import { sanitize } from '../output/index.js'
import { parseConcurrency } from '../values/concurrency.js'
import { siteTimeoutOf } from './network.js'
import { settingLabel } from './setting-label.js'

/** Throws UsageError for an invalid value from a variable or context; the parser checks options. */
function mediaTypeOf(settings: Settings): RenderingName | undefined {
  const setting = settings.setting('media-type')
  if (setting === undefined) return undefined
  const mediaType = entityRenderings.find((name) => name === setting.value)
  if (mediaType !== undefined) return mediaType
  const source = settingLabel(settings, 'media-type')
  throw new UsageError(`${source} cannot be "${setting.value.slice(0, 80)}"`, {
    hint: `Use one of ${entityRenderings.join(', ')}.`,
    at: source,
  })
}

/**
 * Deviations that are reported without -v: a change that was carried out despite an error, and one that
 * differs from the request.
 */
const alwaysReported: ReadonlySet<string> = new Set(['error-after-write', 'not-as-asked'])

/** Whether the URL is the query interface, at `/-/` or below `/.well-known/`. */
function isQueryInterface(url: string): boolean {
  return /\/(-|\.well-known\/org\/ogf\/occi\/-)\/?$/.test(url)
}

/** The options of an OcciClient except those of its connection. Throws UsageError. */
export function clientSettings(context: ConnectionContext, headers: readonly HeaderPair[]) {
  const { settings, runtime, options } = context
  const mediaType = mediaTypeOf(settings)
  const provider = settings.get('provider')
  // Not used for a single site, but an invalid value is reported anyway.
  siteTimeoutOf(settings)
  return {
    headers,
    validate: shouldValidate(context),
    clock: runtime.clock,
    concurrency: parseConcurrency(settings.get('concurrency')),
    ...omitUndefined({ mediaType, provider }),
    onDeviation: (deviation: Deviation, where: { readonly method: string; readonly url: string }) => {
      const { code, message, place } = deviation
      if (context.preview !== undefined) return
      if (alwaysReported.has(code)) void context.warn(sanitize(message))
      else if (deviation.lost === true) {
        const { method, url } = where
        const part = isQueryInterface(url) ? 'model' : 'entities'
        context.reportUnreadable({
          of: code === 'not-looked-at' ? 'look-up' : part,
          target: `${url} (${describePlace(place)})`,
          error: new ProtocolError(message, { http: { method, url } }),
        })
      } else if (options.isSet('verbose')) {
        void context.progress.note(
          `tolerated in the answer to ${where.method} ${where.url}: ${sanitize(message)}`,
        )
      }
    },
  }
}
