/** Imports contexts from files of other clients. */
import { dirname, isAbsolute, join } from 'node:path'
import {
  cloudNames,
  type Imported,
  indexDefinitions,
  isContextName,
  readClouds,
  readOpenrc,
  readRoboconf,
} from '../../../config/index.js'
import type { SettingDefinition } from '../../../config/types.js'
import { ConfigError, UsageError } from '../../../errors/errors.js'
import { purposes, UnreadableFileError, whyUnreadable } from '../../../files/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import { contextRecord, listColumnsFor } from './record.js'

const forms = ['clouds', 'openrc', 'roboconf'] as const

export const importing: CommandDeclaration = {
  path: ['context', 'import'],
  summary: 'Make contexts from clouds.yaml, an openrc file or Roboconf’s target.properties',
  description:
    'Of clouds.yaml each cloud becomes a context (with what a secure.yaml beside it adds), or the one named by --cloud. An openrc file is read, never run. Settings that cannot be used are reported. Secrets are kept as "context add" keeps them: readable by you only.',
  arguments: [{ name: 'FILE', description: 'the file to read', completion: { of: 'file' } }],
  options: [
    {
      name: 'from',
      value: 'FORM',
      description: 'what the file is',
      choices: forms,
      default: 'by its name and content',
      env: 'none',
    },
    { name: 'name', value: 'NAME', description: 'name for the new context', env: 'none' },
    { name: 'cloud', value: 'NAME', description: 'only this cloud of clouds.yaml', env: 'none' },
    { name: 'replace', description: 'replace contexts of the same name', env: 'none' },
  ],
  examples: [
    { title: 'All of OpenStack’s clouds', command: 'occi context import ~/.config/openstack/clouds.yaml' },
    { title: 'Horizon’s openrc file', command: 'occi context import demo-openrc.sh --name demo' },
    { title: 'Roboconf’s target', command: 'occi context import target.properties --name roboconf' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const found = await read(context, definitions)
    const contexts = context.runtime.contexts(definitions)
    const { contexts: there } = await contexts.read()
    const replace = context.options.isSet('replace')
    for (const { name } of found) {
      if (!isContextName(name)) {
        throw new UsageError(`"${name}" cannot be the name of a context`, {
          hint: 'Give another: --name NAME',
        })
      }
      if (!replace && there.some((it) => it.name === name)) {
        throw new ConfigError(`There is a context "${name}" already`, {
          at: name,
          hint: 'Give --replace to replace it, or --name for another name.',
        })
      }
    }
    const index = indexDefinitions(definitions)
    const paths = pathsFrom(context, index)
    for (const { name, settings } of found) {
      if (replace) await contexts.remove(name).catch(() => {})
      await contexts.add({ name, settings: paths(settings) })
    }
    for (const { name, settings, ignored } of found) {
      for (const authority of ['ca-file', 'ca-path']) {
        const value = settings[authority]
        if (value !== undefined)
          await context.warn(`${name}: servers are trusted by the authorities in ${value} (${authority})`)
      }
      for (const left of ignored) await context.warn(`${name}: left out ${left.name}: ${left.reason}`)
    }
    const { current } = await contexts.read()
    return {
      shape: 'list',
      records: found.map((it) => contextRecord(it, current, index)),
      columns: listColumnsFor([]),
      empty: 'There are no clouds in it.',
    }
  },
}

/** Resolves relative paths in a file against its folder. */
function pathsFrom(
  { word, runtime }: Invocation & Surroundings,
  definitions: ReturnType<typeof indexDefinitions>,
): (settings: Imported['settings']) => Imported['settings'] {
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

type Named = Imported & { readonly name: string }

async function read(
  context: CommandContext,
  definitions: readonly SettingDefinition[],
): Promise<readonly Named[]> {
  const file = context.word('FILE') ?? ''
  const text = await textOf(context, file)
  const wanted = context.options.text('name')
  const form = context.options.text('from') ?? formOf(file, text)
  if (form !== 'clouds' && context.options.text('cloud') !== undefined) {
    throw new UsageError(`--cloud belongs to clouds.yaml, but ${file} is a different kind of file`, {
      at: '--cloud',
    })
  }
  switch (form) {
    case 'roboconf': {
      const imported = readRoboconf(text, file)
      return [{ ...imported, name: wanted ?? imported.name ?? 'roboconf' }]
    }
    case 'openrc': {
      const imported = readOpenrc(text, definitions)
      if (Object.keys(imported.settings).length === 0) {
        throw new ConfigError(`${file} sets nothing that occi knows`, {
          at: file,
          hint: 'Say what it is with --from clouds, openrc or roboconf.',
        })
      }
      return [{ ...imported, name: wanted ?? contextNameOf(imported.settings['project']) }]
    }
    default:
      return clouds(context, { file, text }, definitions)
  }
}

/** `my project` → `my-project`: a name of the file that users can still guess. */
function contextNameOf(project: string | undefined): string {
  const name = (project ?? '').replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[._-]+|[._-]+$/g, '')
  return isContextName(name) ? name : 'openstack'
}

async function clouds(
  context: CommandContext,
  file: { readonly file: string; readonly text: string },
  definitions: readonly SettingDefinition[],
): Promise<readonly Named[]> {
  const cloud = context.options.text('cloud')
  const wanted = context.options.text('name')
  const names = cloud === undefined ? await cloudNames(file) : [cloud]
  if (wanted !== undefined && names.length > 1) {
    throw new UsageError(`--name names one context, and ${file.file} has ${names.length} clouds`, {
      hint: `Choose one with --cloud: ${names.join(', ')}.`,
      at: '--name',
    })
  }
  const beside = join(dirname(file.file), 'secure.yaml')
  const secure = await context.runtime.readFile(beside, purposes.settings).then(
    (bytes) => ({ file: beside, text: bytes.toString('utf8') }),
    (cause: unknown) => {
      if (!(cause instanceof UnreadableFileError)) return undefined
      throw new ConfigError(`${beside} cannot be read: ${cause.reason}`, { at: beside, cause })
    },
  )
  const imported: Named[] = []
  for (const name of names) {
    imported.push({ ...(await readClouds(file, { cloud: name, secure, definitions })), name: wanted ?? name })
  }
  return imported
}

async function textOf(context: Surroundings, file: string): Promise<string> {
  try {
    return (await context.runtime.readFile(file, purposes.imported)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${whyUnreadable(cause)}`, {
      at: 'FILE',
      cause,
    })
  }
}

function formOf(file: string, text: string): (typeof forms)[number] {
  if (/^\s*occi\.serverIpPort\b/m.test(text)) return 'roboconf'
  if (/^clouds:/m.test(text)) return 'clouds'
  return /\.ya?ml$/.test(file) ? 'clouds' : 'openrc'
}
