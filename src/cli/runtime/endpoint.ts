/** The endpoint as the user gave it. */

import type { Settings } from '../../config/types.js'
import { UsageError } from '../../errors/errors.js'
import { redactUrl } from '../../transport/index.js'

export type Endpoint = { readonly at: 'sandbox' } | { readonly at: 'network'; readonly url: string }

/** Throws UsageError when there is none, or when it is not an http(s) URL. */
export function endpointOf(settings: Settings): Endpoint {
  const setting = settings.setting('endpoint')
  const text = setting?.value.trim() ?? ''
  if (setting === undefined || text === '') {
    throw new UsageError('No endpoint: which cloud is meant?', {
      hint: 'Give --endpoint URL or set OCCI_ENDPOINT; "sandbox:" is a practice cloud on this machine.',
      at: '--endpoint',
    })
  }
  if (text === 'sandbox:' || text === 'sandbox') return { at: 'sandbox' }
  const source = setting.origin === 'flag' ? '--endpoint' : setting.source
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    const guess = /^[a-z0-9.-]+(:\d+)?(\/|$)/i.test(text)
      ? `https://${text}`
      : 'https://cloud.example.org:8787/'
    throw new UsageError(`${source}: "${redactUrl(text)}" is not an http or https URL`, {
      hint: `Write it like ${guess}`,
      at: source,
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${source}: user name and password do not belong into the URL`, {
      hint: 'Give --username, and the password by the prompt, --password-stdin or OCCI_PASSWORD.',
      at: source,
    })
  }
  return { at: 'network', url: url.href }
}
