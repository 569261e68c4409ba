/** Determines the endpoint from the settings. */

import type { Setting, Settings } from '../../config/types.js'
import { UsageError } from '../../errors/errors.js'
import { isUntrusted } from '../../settings/trust.js'
import { redactUrl } from '../../transport/index.js'
import type { Invocation } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import { settingLabel } from './setting-label.js'

export type Endpoint =
  | { readonly type: 'sandbox' }
  | { readonly type: 'recording'; readonly file: string }
  | { readonly type: 'network'; readonly url: string }
  /** The endpoint is read from Keystone's catalogue after the login. */
  | { readonly type: 'catalogue' }

/**
 * Returns the configured endpoint, or `catalogue` if only a Keystone is configured. Throws UsageError like endpointOf.
 */
export async function endpointFor(
  context: Pick<Invocation, 'command' | 'settings' | 'settingsFor'>,
): Promise<Endpoint> {
  const { settings } = context
  if (settings.contextList !== undefined) throw singleSiteError(context.command, settings.contextList)
  if ((settings.get('endpoint') ?? '').trim() === '' && mayBeKeystone(settings.get('auth') ?? 'auto')) {
    const allSettings = await context.settingsFor(await allDefinitions())
    if ((allSettings.get('auth-url') ?? '') !== '') return { type: 'catalogue' }
  }
  return endpointOf(settings)
}

function mayBeKeystone(method: string): boolean {
  return method === 'auto' || method === 'keystone'
}

function singleSiteError(command: string, { value, source }: Setting): UsageError {
  return new UsageError(`"occi ${command}" works with one site, but ${source} names several: ${value}`, {
    hint: 'Select one with --context NAME.',
    at: source === '--all-contexts' ? source : '--context',
  })
}

export function noEndpointInCatalogue(): UsageError {
  return new UsageError("No endpoint: Keystone's catalogue lists no OCCI service", {
    hint: 'Use --endpoint URL; for OpenStack it is often the compute host with port 8787 and path /occi1.1 or /occi1.2. --region and --interface select one of several.',
    at: '--endpoint',
  })
}

/** Returns the configured endpoint. Throws UsageError if it is missing or is not an http(s) URL. */
export function endpointOf(settings: Settings): Exclude<Endpoint, { type: 'catalogue' }> {
  const setting = settings.setting('endpoint')
  const text = setting?.value.trim() ?? ''
  if (setting === undefined || text === '') {
    const { context } = settings
    if (context !== undefined) {
      throw new UsageError(`No endpoint: the context "${context}" has none`, {
        hint: `Set it: occi context set ${context} --endpoint URL`,
        at: '--endpoint',
      })
    }
    throw new UsageError('No endpoint is configured', {
      hint: 'Use --endpoint URL or set OCCI_ENDPOINT; "sandbox:" is a practice cloud on this machine.',
      at: '--endpoint',
    })
  }
  if (text === 'sandbox:' || text === 'sandbox') return { type: 'sandbox' }
  const source = settingLabel(settings, 'endpoint')
  if (text.startsWith('replay:')) {
    const file = text.slice('replay:'.length)
    if (file !== '' && !isUntrusted(setting)) return { type: 'recording', file }
    throw new UsageError(
      file === ''
        ? `${source}: "replay:" names no recording`
        : `${source}: a file of the working folder cannot name a recording`,
      { hint: 'Write it like --endpoint replay:FILE.har, for a file that --record wrote.', at: source },
    )
  }
  if (/^https?:\/\/\[[^\]]*%/i.test(text)) {
    throw new UsageError(
      `${source}: "${redactUrl(text)}" has an IPv6 zone (the part after %), which URLs do not support`,
      {
        hint: 'Use an address without a zone, or a name for it in /etc/hosts.',
        at: source,
      },
    )
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    const example = /^[a-z0-9.-]+(:\d+)?(\/|$)/i.test(text)
      ? `https://${text}`
      : 'https://cloud.example.org:8787/'
    throw new UsageError(`${source}: "${redactUrl(text)}" is not an http or https URL`, {
      hint: `Write it like ${example}`,
      at: source,
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${source}: the URL must not contain a user name or password`, {
      hint: 'Use --username, and enter the password at the prompt or use --password-stdin or OCCI_PASSWORD.',
      at: source,
    })
  }
  return { type: 'network', url: url.href }
}
