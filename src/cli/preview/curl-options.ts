/** Translates TLS and proxy settings to curl options. */
import { redactProxy } from '../../transport/index.js'
import type { Invocation } from '../context.js'

/** Arguments that make curl use the same certificates, TLS versions and proxy. */
export async function curlOptions(context: Invocation): Promise<readonly string[]> {
  const { allAuthOptions } = await import('../../auth/index.js')
  const { asSetting, globalOptions } = await import('../options/global.js')
  const globalSettings = globalOptions.map(asSetting)
  const names = new Set(globalSettings.map(({ name }) => name))
  const authOptions = (await allAuthOptions()).filter(({ name }) => !names.has(name))
  const settings = await context.settingsFor([...globalSettings, ...authOptions])
  const args: string[] = []
  for (const [name, option] of fileOptions) {
    const file = settings.get(name)
    if (file !== undefined && file !== '') args.push(option, file)
  }
  if (/\.(p12|pfx)$/i.test(settings.get('user-cert') ?? settings.get('user-cred') ?? '')) {
    args.push('--cert-type', 'P12')
  }
  if (settings.isOn('insecure')) args.push('--insecure')
  if (settings.get('tls-min-version') === 'TLSv1.3') args.push('--tlsv1.3')
  const maxTlsVersion = /^TLSv(1\.[23])$/.exec(settings.get('tls-max-version') ?? '')?.[1]
  if (maxTlsVersion !== undefined) args.push('--tls-max', maxTlsVersion)
  const proxy = settings.get('proxy')
  if (proxy === 'none') args.push('--noproxy', '*')
  else if (proxy !== undefined) args.push('--proxy', redactProxy(proxy))
  return args
}

/** curl's options for settings that name files. */
const fileOptions: readonly (readonly [setting: string, option: string])[] = [
  ['ca-file', '--cacert'],
  ['ca-path', '--capath'],
  ['user-cert', '--cert'],
  ['user-cred', '--cert'],
  ['user-key', '--key'],
]
