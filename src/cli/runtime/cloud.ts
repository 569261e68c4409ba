/** `--os-cloud`: reads a cloud of clouds.yaml as settings, which have the lowest precedence. */
import { isAbsolute } from 'node:path'
import { type OwnedFile, readOwnedFile } from '../../config/index.js'
import type { Cloud, CloudValue } from '../../config/types.js'
import type { ConnectionContext } from '../context.js'
import type { Runtime } from '../runtime.js'

/** Returns the context unchanged if no cloud is named. Throws ConfigError like optionsFromClouds. */
export async function withCloud(
  context: ConnectionContext,
  log: (step: string) => void,
): Promise<ConnectionContext> {
  const name = context.settings.get('os-cloud') || context.runtime.environment('OS_CLOUD')
  if (name === undefined || name === '') return context
  const { nodePlatform, optionsFromClouds } = await import('../../auth/index.js')
  const { environment: env, trustedFiles } = context.runtime
  const { home } = nodePlatform()
  const contents = new Map<string, string>()
  const readFile: Runtime['readFile'] = async (path, purpose) => {
    const content = isInFolder(path) ? await context.runtime.readFile(path, purpose) : readUserFile(path)
    contents.set(path, content.toString('utf8'))
    return content
  }
  const cloudOptions = await optionsFromClouds({ env, readFile, home, cwd: '.' }, name)
  if (cloudOptions === undefined) return context
  log(`cloud ${name} of ${cloudOptions.files.join(', ')}`)
  if (cloudOptions.ignored.length > 0) log(`ignored keys: ${cloudOptions.ignored.join(', ')}`)
  const trustsAll = context.settings.isOn('trust-project')
  const isTrusted = (path: string) => trustsAll || trustedFiles.isTrusted(path, contents.get(path) ?? '')
  const options = Object.entries(cloudOptions.options).map(([key, value]): [string, CloudValue] => {
    const source = cloudOptions.sources[key] ?? ''
    return [
      key,
      {
        value,
        source,
        ...(isInFolder(source)
          ? { origin: 'folder', trusted: isTrusted(source) }
          : { origin: 'cloud', trusted: false }),
      },
    ]
  })
  const cloud: Cloud = { name, options: Object.fromEntries(options) }
  return {
    ...context,
    settings: context.settings.withCloud(cloud),
    settingsFor: async (definitions) => (await context.settingsFor(definitions)).withCloud(cloud),
  }
}

/** Whether the file belongs to the working folder: its path is relative. */
function isInFolder(path: string): boolean {
  return !isAbsolute(path)
}

/** Reads a file outside the working folder. Throws if it cannot be read, and ConfigError if others can write to it. */
function readUserFile(path: string): Buffer {
  let file: OwnedFile | undefined
  try {
    file = readOwnedFile(path)
  } catch (error) {
    // openstacksdk skips a secure.yaml that only root may read; EACCES has the same effect here.
    const { cause } = error as { readonly cause?: unknown }
    throw (cause as { readonly code?: unknown } | undefined)?.code === 'EACCES' ? cause : error
  }
  if (file === undefined) throw new Error(`There is no ${path}`)
  return Buffer.from(file.text)
}
