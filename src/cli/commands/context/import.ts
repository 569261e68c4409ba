/** Imports contexts from files of other clients. */
import { dirname, isAbsolute, join } from 'node:path'
import {
  cloudNames,
  type ImportResult,
  indexDefinitions,
  isContextName,
  readClouds,
  readOpenrc,
  readRoboconf,
} from '../../../config/index.js'
import type { SettingDefinition } from '../../../config/types.js'
import { ConfigError, UsageError } from '../../../errors/errors.js'
import { purposes, UnreadableFileError, unreadableReason } from '../../../files/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import { contextRecord, listColumnsFor } from './record.js'

const fileTypes = ['clouds', 'openrc', 'roboconf'] as const

export const importContexts: CommandDeclaration = {
  path: ['context', 'import'],
  summary: 'Create contexts from clouds.yaml, an openrc file or Roboconf’s target.properties',
  description:
    'Each cloud of clouds.yaml becomes a context, or only the one that --cloud names; a secure.yaml in the same folder is read, too. An openrc file is read, never executed. Settings that cannot be used are reported. Secrets are stored as by "context add": readable by you only.',
  arguments: [{ name: 'FILE', description: 'the file to read', completion: { of: 'file' } }],
  options: [
    {
      name: 'from',
      value: 'TYPE',
      description: 'type of the file',
      choices: fileTypes,
      default: 'detected from its name and content',
      env: 'none',
    },
    { name: 'name', value: 'NAME', description: 'name for the new context', env: 'none' },
    { name: 'cloud', value: 'NAME', description: 'only this cloud of clouds.yaml', env: 'none' },
    { name: 'replace', description: 'replace contexts of the same name', env: 'none' },
  ],
  examples: [
    {
      title: 'Import all clouds of OpenStack’s client',
      command: 'occi context import ~/.config/openstack/clouds.yaml',
    },
    { title: 'Import Horizon’s openrc file', command: 'occi context import demo-openrc.sh --name demo' },
    {
      title: 'Import a target of Roboconf',
      command: 'occi context import target.properties --name roboconf',
    },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const imported = await readImports(context, definitions)
    const contexts = context.runtime.contexts(definitions)
    const { contexts: existing } = await contexts.read()
    const replaceExisting = context.options.isSet('replace')
    for (const { name } of imported) {
      if (!isContextName(name)) {
        throw new UsageError(`"${name}" cannot be the name of a context`, {
          hint: 'Choose another one with --name NAME.',
        })
      }
      if (!replaceExisting && existing.some((each) => each.name === name)) {
        throw new ConfigError(`There is a context "${name}" already`, {
          at: name,
          hint: 'Use --replace to replace it, or --name for another name.',
        })
      }
    }
    const index = indexDefinitions(definitions)
    const withAbsolutePaths = pathResolver(context, index)
    for (const { name, settings } of imported) {
      if (replaceExisting) await contexts.remove(name).catch(() => {})
      await contexts.add({ name, settings: withAbsolutePaths(settings) })
    }
    for (const { name, settings, ignored } of imported) {
      for (const option of ['ca-file', 'ca-path']) {
        const value = settings[option]
        if (value !== undefined)
          await context.warn(`${name}: the certificate authorities in ${value} are trusted (${option})`)
      }
      for (const setting of ignored)
        await context.warn(`${name}: ${setting.name} was not imported: ${setting.reason}`)
    }
    const { current } = await contexts.read()
    return {
      shape: 'list',
      records: imported.map((each) => contextRecord(each, current, index)),
      columns: listColumnsFor([]),
      empty: 'The file contains no clouds.',
    }
  },
}

/** Returns a function that resolves relative paths in the settings against the folder of the file. */
function pathResolver(
  { word, runtime }: Invocation & Surroundings,
  definitions: ReturnType<typeof indexDefinitions>,
): (settings: ImportResult['settings']) => ImportResult['settings'] {
  const file = word('FILE') ?? ''
  // Input from a pipe has no folder.
  const folder = file.startsWith('/dev/') ? '.' : dirname(file)
  const pathOf = (name: string, value: string) =>
    definitions.get(name)?.path !== true || value.startsWith('~/') || isAbsolute(value)
      ? value
      : runtime.resolvePath(join(folder, value))
  return (settings) =>
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, pathOf(name, value)]))
}

/** The settings of one cloud or file, with the name of the new context. */
type NamedImport = ImportResult & { readonly name: string }

async function readImports(
  context: CommandContext,
  definitions: readonly SettingDefinition[],
): Promise<readonly NamedImport[]> {
  const file = context.word('FILE') ?? ''
  const text = await readText(context, file)
  const chosenName = context.options.text('name')
  const type = context.options.text('from') ?? typeOf(file, text)
  if (type !== 'clouds' && context.options.text('cloud') !== undefined) {
    throw new UsageError(`--cloud requires a clouds.yaml, but ${file} was read as ${type}`, {
      hint: 'Omit --cloud, or use --from clouds.',
      at: '--cloud',
    })
  }
  switch (type) {
    case 'roboconf': {
      const imported = readRoboconf(text, file)
      return [{ ...imported, name: chosenName ?? imported.name ?? 'roboconf' }]
    }
    case 'openrc': {
      const imported = readOpenrc(text, definitions)
      if (Object.keys(imported.settings).length === 0) {
        throw new ConfigError(`${file} contains no setting that occi knows`, {
          at: file,
          hint: 'Use --from clouds, openrc or roboconf if its type was not detected.',
        })
      }
      return [{ ...imported, name: chosenName ?? contextNameOf(imported.settings['project']) }]
    }
    default:
      return cloudImports(context, { file, text }, definitions)
  }
}

/** A valid context name that resembles the name of the project: `my project` → `my-project`. */
function contextNameOf(project: string | undefined): string {
  const name = (project ?? '').replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[._-]+|[._-]+$/g, '')
  return isContextName(name) ? name : 'openstack'
}

/** The clouds of a clouds.yaml, with the settings of a secure.yaml in the same folder. */
async function cloudImports(
  context: CommandContext,
  file: { readonly file: string; readonly text: string },
  definitions: readonly SettingDefinition[],
): Promise<readonly NamedImport[]> {
  const cloud = context.options.text('cloud')
  const chosenName = context.options.text('name')
  const names = cloud === undefined ? await cloudNames(file) : [cloud]
  if (chosenName !== undefined && names.length > 1) {
    throw new UsageError(`--name requires a single cloud, but ${file.file} has ${names.length}`, {
      hint: `Choose one with --cloud: ${names.join(', ')}.`,
      at: '--name',
    })
  }
  const secure = await readSecureFile(context, join(dirname(file.file), 'secure.yaml'))
  const imported: NamedImport[] = []
  for (const name of names) {
    const cloudSettings = await readClouds(file, { cloud: name, secure, definitions })
    imported.push({ ...cloudSettings, name: chosenName ?? name })
  }
  return imported
}

/** Reads a secure.yaml. Returns undefined if it does not exist. Throws ConfigError. */
async function readSecureFile({ runtime }: Surroundings, file: string) {
  try {
    return { file, text: (await runtime.readFile(file, purposes.settings)).toString('utf8') }
  } catch (cause) {
    if (!(cause instanceof UnreadableFileError)) return undefined
    throw new ConfigError(`${file} cannot be read: ${cause.reason}`, { at: file, cause })
  }
}

async function readText(context: Surroundings, file: string): Promise<string> {
  try {
    return (await context.runtime.readFile(file, purposes.imported)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${unreadableReason(cause)}`, {
      at: 'FILE',
      cause,
    })
  }
}

/** Detects the type of a file from its name and content. */
function typeOf(file: string, text: string): (typeof fileTypes)[number] {
  if (/^\s*occi\.serverIpPort\b/m.test(text)) return 'roboconf'
  if (/^clouds:/m.test(text)) return 'clouds'
  return /\.ya?ml$/.test(file) ? 'clouds' : 'openrc'
}
