/** Reads one entity (GFD.223 §5.4). */
import { NotFoundError } from '../../errors/errors.js'
import type { LocatedEntity } from '../../model/index.js'
import { compareWithRequest } from '../differences.js'
import { type NormalizationContext, normalizeEntity } from '../entities.js'
import { isDeleted } from '../errors.js'
import { getWithFallback } from '../get-with-fallback.js'
import type { Provider } from '../provider.js'
import { locationOfRef } from '../resolve.js'
import type { Session } from '../session.js'
import { isSettling } from '../settling.js'
import type { EntityRef, RequestOptions } from '../types.js'

/** Reads an entity. If this client created it, reports how it differs from what was sent. */
export async function describe(
  session: Session,
  ref: EntityRef,
  options: RequestOptions = {},
): Promise<LocatedEntity> {
  const url = locationOfRef(session, ref)
  const entity = await describeSettled(session, url, options)
  compareWithRequest(session, await session.provider.get(options.signal), url, entity)
  return entity
}

/** Reads an entity. Repeats the read after a 404 for an entity that this client has just created. */
async function describeSettled(
  session: Session,
  url: string,
  { signal }: RequestOptions,
): Promise<LocatedEntity> {
  for (let pauseMilliseconds = 250; ; pauseMilliseconds *= 2) {
    try {
      return await describeAt(session, url, signal)
    } catch (error) {
      if (!(error instanceof NotFoundError) || isDeleted(error) || !isSettling(session, url)) throw error
      await session.clock.sleep(pauseMilliseconds, signal)
    }
  }
}

/**
 * Reads the entity at an absolute URL, without repeating the read after a 404. Throws NotFoundError if it does not
 * exist.
 */
export async function describeAt(
  session: Session,
  url: string,
  signal?: AbortSignal,
): Promise<LocatedEntity> {
  const { parsed } = await getWithFallback(session, { url, signal }, 'entity')
  const [entity] = parsed.entities
  if (entity === undefined) {
    // pyssf answers with an empty listing to any path that ends in a slash (Q22).
    throw new NotFoundError(`There is no entity at ${url}: the answer contains none.`, {
      http: { method: 'GET', url },
    })
  }
  return normalizeEntity(
    entity,
    normalizationContext(session, await session.provider.get(signal), 'GET', url),
    url,
  )
}

/** Returns the context for normalizing an entity. Its deviations are reported for the request `method` `url`. */
export function normalizationContext(
  session: Session,
  provider: Provider,
  method: string,
  url: string,
): NormalizationContext {
  return {
    endpoint: session.endpoint,
    provider,
    report: (deviation) => session.onDeviation(deviation, { method, url }),
  }
}

/** Reads the entity at an absolute URL; undefined if it does not exist. */
export async function describeIfExists(
  session: Session,
  url: string,
  signal?: AbortSignal,
): Promise<LocatedEntity | undefined> {
  try {
    return await describeAt(session, url, signal)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
