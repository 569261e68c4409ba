/** Runs a command to record its requests, and prints those instead of its output. */
import { OcciError, UsageError } from '../../errors/errors.js'
import { mask } from '../../transport/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import { sanitizeLines } from '../output/index.js'
import { formatNamed } from '../output/registry.js'
import { type Preview, Previewed } from '../preview.js'
import { runChecked } from '../recheck.js'
import { curlOptions } from './curl-options.js'
import { curlText, httpText, requestsOutput, variablesIn } from './show.js'

/** Throws UsageError for a command that changes local files, and the errors of the command. */
export async function previewCommand(
  command: CommandDeclaration,
  context: CommandContext,
  { preview, local }: { readonly preview: Preview; readonly local: boolean },
): Promise<void> {
  if (local) {
    const option = preview.form === 'curl' ? '--curl' : '--dry-run'
    throw new UsageError(`${option} has no meaning here: "occi ${command.path.join(' ')}" sends nothing`, {
      hint: `Leave ${option} out.`,
      at: option,
    })
  }
  await gather(command, context)
  await context.progress.stop()
  await show(context, preview)
}

/** Discards the command's own output. */
async function gather(command: CommandDeclaration, context: CommandContext): Promise<void> {
  const { out } = context.streams
  const silent = { ...out, terminal: out.terminal, color: out.color, width: out.width, write: async () => {} }
  try {
    const output = await runChecked(command, { ...context, streams: { ...context.streams, out: silent } })
    // Lists send requests while they are read; the first member is enough to show them.
    for await (const _ of output?.records ?? []) break
  } catch (error) {
    if (!(error instanceof Previewed) && !followsChange(error)) throw error
  }
}

/** Whether an error follows from a change that the preview did not send. The recorded requests are then shown. */
function followsChange(error: unknown): boolean {
  return error instanceof OcciError && error.facts?.['changed'] !== undefined
}

async function show(context: CommandContext, preview: Preview): Promise<void> {
  const { streams, settings } = context
  const requests = preview.requests()
  const extra = preview.form === 'curl' ? await curlOptions(context) : []
  const form = (request: (typeof requests)[number]) =>
    preview.form === 'curl' ? curlText(request, extra) : httpText(request)
  const texts = requests.map(form)
  const format = settings.get('output')
  const chosen = format === undefined ? undefined : formatNamed(format)
  if (chosen !== undefined && chosen.prints !== 'entity') {
    await context.print(requestsOutput(requests, preview.form === 'curl' ? form : undefined))
  } else {
    const text = texts.join('\n')
    if (text !== '') await streams.out.write(streams.out.terminal ? sanitizeLines(text) : text)
  }
  if (!streams.err.terminal || context.options.isSet('quiet')) return
  for (const line of remarks(preview, texts)) {
    await streams.err.write(`${line}\n`)
  }
}

function remarks(preview: Preview, texts: readonly string[]): readonly string[] {
  const lines: string[] = []
  if (texts.length === 0) return ['Nothing would be sent: what was asked for is known already.']
  for (const name of preview.placeholders) {
    if (texts.some((text) => text.includes(`/${name}`))) {
      lines.push(`${name} stands for the id that the provider gives.`)
    }
  }
  if (preview.form === 'curl') {
    const variables = [...new Set(texts.flatMap(variablesIn))]
    if (variables.includes('OCCI_TOKEN')) {
      lines.push('The command wants a token: export OCCI_TOKEN="$(occi auth token)"')
    } else if (variables.length > 0) {
      lines.push(`The command wants ${variables.join(' and ')} in the environment.`)
    }
    if (texts.some((text) => text.includes("'http://sandbox/"))) {
      lines.push('curl cannot reach sandbox: itself; "occi sandbox serve" gives it an address.')
    }
  } else if (texts.some((text) => text.includes(mask))) {
    lines.push(`Secrets are shown as ${mask}.`)
  }
  return lines.length === 0 && preview.form === 'http' ? ['Nothing was changed.'] : lines
}
