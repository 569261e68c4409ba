/** Runs a command for --dry-run or --curl, and prints its requests instead of its output. */
import { OcciError, UsageError } from '../../errors/errors.js'
import { mask } from '../../transport/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import { sanitizeLines } from '../output/index.js'
import { formatNamed } from '../output/registry.js'
import { type Preview, Previewed } from '../preview.js'
import { runWithFreshModel } from '../recheck.js'
import { curlOptions } from './curl-options.js'
import { curlText, httpText, requestsOutput, variablesIn } from './show.js'

/** Runs and prints the preview. Throws UsageError for commands that send no requests, and the errors of the command. */
export async function previewCommand(
  command: CommandDeclaration,
  context: CommandContext,
  { preview, local }: { readonly preview: Preview; readonly local: boolean },
): Promise<void> {
  if (local) {
    const option = preview.form === 'curl' ? '--curl' : '--dry-run'
    throw new UsageError(
      `${option} cannot be used here: "occi ${command.path.join(' ')}" sends no requests`,
      {
        hint: `Remove ${option}.`,
        at: option,
      },
    )
  }
  await recordRequests(command, context)
  await context.progress.stop()
  await printRequests(context, preview)
}

/** Runs the command so that the preview records its requests, and discards its output. */
async function recordRequests(command: CommandDeclaration, context: CommandContext): Promise<void> {
  const { out } = context.streams
  const silent = { ...out, terminal: out.terminal, color: out.color, width: out.width, write: async () => {} }
  try {
    const output = await runWithFreshModel(command, {
      ...context,
      streams: { ...context.streams, out: silent },
    })
    // A list sends its requests when its records are read; the first record suffices.
    for await (const _ of output?.records ?? []) break
  } catch (error) {
    if (!(error instanceof Previewed) && !isConsequenceOfPreview(error)) throw error
  }
}

/** Whether the error occurred only because the preview did not send a change. */
function isConsequenceOfPreview(error: unknown): boolean {
  return error instanceof OcciError && error.facts?.['changed'] !== undefined
}

async function printRequests(context: CommandContext, preview: Preview): Promise<void> {
  const { streams, settings } = context
  const requests = preview.requests()
  const extraArguments = preview.form === 'curl' ? await curlOptions(context) : []
  const requestText = (request: (typeof requests)[number]) =>
    preview.form === 'curl' ? curlText(request, extraArguments) : httpText(request)
  const texts = requests.map(requestText)
  const format = settings.get('output')
  const dataFormat = format === undefined ? undefined : formatNamed(format)
  if (dataFormat !== undefined && dataFormat.prints !== 'entity') {
    await context.print(requestsOutput(requests, preview.form === 'curl' ? requestText : undefined))
  } else {
    const text = texts.join('\n')
    if (text !== '') await streams.out.write(streams.out.terminal ? sanitizeLines(text) : text)
  }
  if (!streams.err.terminal || context.options.isSet('quiet')) return
  for (const line of previewNotes(preview, texts)) {
    await streams.err.write(`${line}\n`)
  }
}

function previewNotes(preview: Preview, texts: readonly string[]): readonly string[] {
  const lines: string[] = []
  if (texts.length === 0) return ['No requests would be sent: the result is already known.']
  for (const name of preview.placeholders) {
    if (texts.some((text) => text.includes(`/${name}`))) {
      lines.push(`${name} is a placeholder for the id that the provider assigns.`)
    }
  }
  if (preview.form === 'curl') {
    const variables = [...new Set(texts.flatMap(variablesIn))]
    if (variables.includes('OCCI_TOKEN')) {
      lines.push('The command needs a token: export OCCI_TOKEN="$(occi auth token)"')
    } else if (variables.length > 0) {
      lines.push(`The command needs ${variables.join(' and ')} in the environment.`)
    }
    if (texts.some((text) => text.includes("'http://sandbox/"))) {
      lines.push('curl cannot reach "sandbox:"; run "occi sandbox serve" to get an endpoint for it.')
    }
  } else if (texts.some((text) => text.includes(mask))) {
    lines.push(`Secrets are shown as ${mask}.`)
  }
  return lines.length === 0 && preview.form === 'http' ? ['Nothing was changed.'] : lines
}
