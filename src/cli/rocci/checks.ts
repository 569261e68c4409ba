/** The checks that rOCCI-cli made before connecting, with its messages. */
import type { RocciOption } from './options.js'
import { OptionError, type ParsedOptions } from './optparse.js'
import { parseAttributes, splitContext, splitList } from './values.js'

/** Checks a value when it is parsed. Throws OptionError. */
export function checkValue({ long }: RocciOption, value: string): void {
  checks[long]?.(value)
}

const checks: Readonly<Record<string, (value: string) => void>> = {
  endpoint: checkUri,
  timeout: (value) => {
    if (Number(value) < 1) throw new OptionError('Timeout has to be a number larger than 0!')
  },
  token: (value) => {
    if (value.trim() === '') throw new OptionError('Token cannot be blank!')
  },
  attribute: (value) => {
    parseAttributes([value])
  },
  context: (value) => {
    splitContext([value])
  },
  mixin: (value) => {
    for (const mixin of splitList([value])) {
      if (/^\S+?#\S+$/.test(mixin)) continue
      throw new OptionError(
        `Unknown mixin format ${JSON.stringify(mixin)}! Use SCHEME#TERM or SHORT_SCHEME#TERM!`,
      )
    }
  },
  link: (value) => {
    for (const uri of splitList([value])) {
      checkUri(uri)
      const path = URL.canParse(uri) ? new URL(uri).pathname : uri
      if (!path.startsWith('/')) throw new OptionError('Specified link URI is not valid!')
    }
  },
}

function checkUri(uri: string): void {
  if (/[\s"<>\\^`{|}]|#.*#/.test(uri)) throw new OptionError(`bad URI(is not URI?): ${JSON.stringify(uri)}`)
}

/** Checks that the files and folders in options exist. Throws OptionError. */
export async function checkFiles(
  { values }: ParsedOptions,
  exists: (path: string) => Promise<boolean>,
): Promise<void> {
  for (const [option, message] of fileOptions) {
    const path = values.get(option)
    if (path !== undefined && !(await exists(path))) throw new OptionError(message)
  }
}

const fileOptions: readonly (readonly [option: string, message: string])[] = [
  ['ca-path', 'Path specified in --ca-path is not a directory!'],
  ['ca-file', 'File specified in --ca-file is not a file!'],
  ['user-cred', 'File specified in --user-cred is not a file!'],
]

/** Checks required options and those that cannot be used together. Throws OptionError. */
export function checkRequired(parsed: ParsedOptions): void {
  const { values, lists } = parsed
  if (values.has('dump-model')) return
  if (values.has('filter')) throw new OptionError("You cannot use '--filter' without '--dump-model'!")
  const missing = requiredOptions(parsed).filter(
    ([option]) => (values.get(option) ?? '') === '' && splitList(lists.get(option) ?? []).length === 0,
  )
  if (missing.length > 0)
    throw new OptionError(`Missing required arguments: ${missing.map(([, name]) => name).join(', ')}`)
  const action = values.get('action')
  if (action === 'create' && !parseAttributes(lists.get('attribute') ?? []).has('occi.core.title'))
    throw new OptionError('Missing required arguments: occi.core.title')
  if (action === 'link' && splitList(lists.get('link') ?? []).length > 1)
    throw new OptionError('You can assign only one link at a time!')
  if (action === 'unlink' && lists.has('link')) throw new OptionError(unlinkWithLink)
}

/** The message for unlink with --link: rOCCI-cli ignored --link and deleted the machine that --resource named. */
const unlinkWithLink =
  'unlink does not accept --link. Pass the location of the link, as `describe` shows it, with --resource.'

/** The required options, with their names in rOCCI-cli's message and in its order. */
function requiredOptions({
  values,
  lists,
}: ParsedOptions): readonly (readonly [option: string, name: string])[] {
  const action = values.get('action')
  const lacksMixin = splitList(lists.get('mixin') ?? []).length === 0 && values.get('resource') === 'compute'
  return [
    ...(action === 'trigger' ? [['trigger-action', 'trigger_action'] as const] : []),
    ...(action === 'create' && lacksMixin ? [['link', 'links'] as const] : []),
    ...(action === 'create' ? [['attribute', 'attributes'] as const] : []),
    ...(action === 'link' ? [['link', 'links'] as const] : []),
    ...(action === 'discover'
      ? [['entity-type', 'entity_type'] as const]
      : [['resource', 'resource'] as const, ['action', 'action'] as const]),
    ...(action === 'update' ? [['mixin', 'mixins'] as const] : []),
  ]
}
