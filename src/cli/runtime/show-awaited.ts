/** Shows which response is awaited, on terminals and in CI. */
import { isSafeMethod } from '../../basics/http.js'
import { type Transport, wrapTransport } from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

export function showAwaited(inner: Transport, { progress, streams }: ConnectionContext): Transport {
  if (streams.progress === 'none') return inner
  return wrapTransport(inner, async (request, send) => {
    const { method } = request
    const { host, pathname } = new URL(request.url)
    const stopShowing = progress.awaiting(
      isSafeMethod(method) ? `Asking ${host} for ${pathname}` : `Sending ${method} ${pathname} to ${host}`,
    )
    try {
      return await send(request)
    } finally {
      stopShowing()
    }
  })
}
