/** Builds transport settings: timeouts, proxies, TLS, extra headers, observers. */

import { loadTrust, nodePlatform } from '../../auth/index.js'
import { formatLimit } from '../../basics/amounts.js'
import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { connectionsFor } from '../../client/index.js'
import type { Settings } from '../../config/types.js'
import { UsageError } from '../../errors/errors.js'
import {
  proxyChoice,
  proxyLogin,
  type RetrySettings,
  redactProxy,
  type TlsMaterial,
  type TransportSettings,
} from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'
import type { Observer, Runtime } from '../runtime.js'
import { parseBytes } from '../values/amount.js'
import { parseConcurrency } from '../values/concurrency.js'
import { parseDuration } from '../values/duration.js'
import { settingLabel } from './setting-label.js'
import { fullObserver, traceFile, verboseObserver } from './trace.js'

/** The settings of a transport. Throws UsageError for invalid ones. */
export function transportSettings(context: ConnectionContext): TransportSettings {
  const { settings, runtime } = context
  const timeout = settings.get('timeout')
  const milliseconds =
    timeout === undefined ? undefined : parseDuration(timeout, settingLabel(settings, 'timeout'))
  const connectTimeout = settings.get('connect-timeout')
  const maxResponse = settings.get('max-response')
  const observers = observersOf(context)
  return {
    userAgent: `occi-cli/${runtime.version} OCCI/1.1`,
    ...(milliseconds === undefined
      ? { totalTimeout: responseTimeLimit }
      : {
          totalTimeout: milliseconds,
          headersTimeout: milliseconds,
          bodyTimeout: milliseconds,
          connectTimeout: Math.min(milliseconds, 10_000),
        }),
    ...(connectTimeout === undefined
      ? {}
      : { connectTimeout: parseDuration(connectTimeout, settingLabel(settings, 'connect-timeout')) }),
    connections: connectionsFor(parseConcurrency(settings.get('concurrency'))),
    ...(maxResponse === undefined
      ? {}
      : { maxResponse: parseBytes(maxResponse, settingLabel(settings, 'max-response')) }),
    proxy: proxyOf(context),
    now: runtime.clock.now,
    ...(observers.length === 0
      ? {}
      : {
          trace: (event) => {
            for (const observe of observers) observe(event)
          },
        }),
  }
}

/** Milliseconds for a complete response without --timeout. A response that arrives byte by byte could last forever. */
const responseTimeLimit = 600_000

/** When and how often requests are retried. Throws UsageError. */
export function retrySettings(context: ConnectionContext): RetrySettings & { readonly retries: number } {
  const { settings, runtime, streams, progress, options } = context
  const deadline = settings.get('deadline')
  return {
    retries: retriesOf(settings),
    clock: runtime.clock,
    random: Math.random,
    ...(deadline === undefined
      ? {}
      : { deadline: parseDuration(deadline, settingLabel(settings, 'deadline')) }),
    onRetry: ({ method, url, attempt, delay, reason }) => {
      // The reason for a delay interests only users who watch a terminal.
      if (!options.isSet('verbose') && !(streams.err.terminal && delay >= noticeableDelay)) return
      void progress.note(`occi: ${method} ${url}: ${reason}; attempt ${attempt + 1} in ${formatLimit(delay)}`)
    },
  }
}

/** Milliseconds. Shorter delays before a retry are not reported without -v. */
const noticeableDelay = 2000
const defaultRetries = 2

function retriesOf(settings: Settings): number {
  const text = settings.get('retries')
  if (text === undefined) return defaultRetries
  if (/^\d{1,3}$/.test(text.trim())) return Number(text)
  const at = settingLabel(settings, 'retries')
  throw new UsageError(`${at} cannot be "${text}"`, { hint: 'Use a whole number; 0 disables retries.', at })
}

/** The time limit for each site in milliseconds. Throws UsageError. */
export function siteTimeoutOf(settings: Settings): number | undefined {
  const setting = settings.setting('site-timeout')
  if (setting === undefined) return undefined
  const source = settingLabel(settings, 'site-timeout')
  const milliseconds = parseDuration(setting.value, source)
  if (milliseconds > 0) return milliseconds
  throw new UsageError(`${source} cannot be "${setting.value}"`, {
    hint: 'Use a duration such as 30s or 2m; the default is 60s.',
    at: source,
  })
}

function observersOf(context: ConnectionContext): readonly Observer[] {
  const observers: Observer[] = context.observer === undefined ? [] : [context.observer]
  const toStderr = (line: string) => {
    void context.progress.note(line)
  }
  if (context.options.isSet('verbose')) observers.push(verboseObserver(toStderr))
  const trace = context.options.text('trace')
  if (trace === '-') observers.push(fullObserver(toStderr))
  else if (trace !== undefined) {
    const write = traceFile(trace, (message) => void context.warn(message))
    const { redactor } = context.runtime
    observers.push(fullObserver((line) => write(redactor?.mask(line) ?? line)))
  }
  return observers
}

/**
 * The proxy of --proxy, or of the usual variables: lower-case names first, as in curl. curl ignores HTTP_PROXY, which
 * a client can set in CGI programs (its header Proxy); that risk does not exist here.
 */
function proxyOf({ settings, runtime }: ConnectionContext): NonNullable<TransportSettings['proxy']> {
  const { environment, redactor } = runtime
  const variable = (name: string) => environment(name.toLowerCase()) || environment(name) || undefined
  const option = settings.get('proxy')
  if (option === 'none') return {}
  checkProxy(settings)
  const http = option ?? variable('HTTP_PROXY') ?? variable('ALL_PROXY')
  const https = option ?? variable('HTTPS_PROXY') ?? variable('ALL_PROXY')
  const noProxy = variable('NO_PROXY')
  for (const proxy of [http, https]) {
    const url = proxy !== undefined && URL.canParse(proxy) ? new URL(proxy) : undefined
    if (url === undefined || url.password === '') continue
    const { username, password } = proxyLogin(url)
    redactor?.add(password)
    redactor?.add(Buffer.from(`${username}:${password}`).toString('base64'))
  }
  return omitUndefined({ http, https, no: noProxy })
}

/** Throws UsageError for an invalid --proxy. */
function checkProxy(settings: Settings): void {
  const setting = settings.setting('proxy')
  if (setting === undefined) return
  try {
    proxyChoice({ https: setting.value })(new URL('https://localhost/'))
  } catch (cause) {
    const source = settingLabel(settings, 'proxy')
    throw new UsageError(`${source} cannot be "${redactProxy(setting.value)}"`, {
      hint: 'Use http://HOST:PORT, socks5h://HOST:PORT (the proxy resolves names), socks5://HOST:PORT, or none.',
      at: source,
      cause,
    })
  }
}

/** The certificates and TLS versions to accept. Throws UsageError, AuthError. */
export async function trustOf(context: ConnectionContext): Promise<TlsMaterial> {
  const { settings, runtime } = context
  const caFile = settings.get('ca-file')
  const caPath = settings.get('ca-path')
  const caSystem = settings.isOn('ca-system')
  // Sites usually share the CA certificates, which may be hundreds of files, so they are loaded once.
  const {
    ca,
    builtInRoots: systemCa,
    checkServer,
  } = await loadTrustOnce(runtime.environment, [caFile, caPath, caSystem], () =>
    loadTrust({
      ...omitUndefined({ caFile, caPath }),
      caSystem,
      env: runtime.environment,
      readFile: runtime.readFile,
      readDirectory: nodePlatform().readDirectory,
      now: () => new Date(runtime.clock.now()),
    }),
  )
  return {
    ...(ca.length === 0 ? {} : { ca }),
    systemCa,
    ...omitUndefined({ checkServer }),
    ...(settings.isOn('insecure') ? { insecure: true } : {}),
    ...tlsVersions(settings),
  }
}

type Trust = Awaited<ReturnType<typeof import('../../auth/index.js').loadTrust>>

const loadedTrust = new WeakMap<Runtime['environment'], Map<string, Promise<Trust>>>()

function loadTrustOnce(
  environment: Runtime['environment'],
  sources: readonly unknown[],
  load: () => Promise<Trust>,
): Promise<Trust> {
  const trustBySources = loadedTrust.get(environment) ?? new Map<string, Promise<Trust>>()
  loadedTrust.set(environment, trustBySources)
  const key = JSON.stringify(sources)
  const loading = trustBySources.get(key) ?? load()
  trustBySources.set(key, loading)
  return loading
}

/** Throws UsageError for versions that are unknown or exclude each other. */
function tlsVersions(settings: Settings): Pick<TlsMaterial, 'minVersion' | 'maxVersion'> {
  const minVersion = tlsVersionOf(settings, 'tls-min-version')
  const maxVersion = tlsVersionOf(settings, 'tls-max-version')
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') {
    throw new UsageError('--tls-min-version TLSv1.3 and --tls-max-version TLSv1.2 leave no version of TLS', {
      hint: 'Omit one of them.',
      at: '--tls-min-version',
    })
  }
  return omitUndefined({ minVersion, maxVersion })
}

function tlsVersionOf(settings: Settings, option: string): TlsMaterial['minVersion'] {
  const text = settings.get(option)
  if (text === undefined || text === 'TLSv1.2' || text === 'TLSv1.3') return text
  throw new UsageError(`"${text}" is not a supported TLS version`, {
    hint: 'Use TLSv1.2 or TLSv1.3.',
    at: `--${option}`,
  })
}

/** The headers of `--header`. Throws UsageError. */
export function headersOf(context: ConnectionContext): readonly HeaderPair[] {
  // A header may contain credentials, so it is sent only where the setting is allowed.
  if (context.settings.setting('header') === undefined) return []
  return context.options.all('header').map((text) => {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0)).trim()
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      // The message does not quote the whole text, which may contain a secret.
      throw new UsageError(`--header "${name || text.split(/\s/)[0]}…" is not of the form "Name: value"`, {
        hint: 'For example --header "X-Project: demo".',
        at: '--header',
      })
    }
    return [name, text.slice(colon + 1).trim()]
  })
}
