/**
 * `occi sandbox tour`: runs the commands of story.ts against `occi sandbox serve` in a temporary folder and shows
 * their output. Each command is a process of this program.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shellWord } from '../../basics/shell-word.js'
import { NetworkError, type OcciError, ServerError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { Dialogue, Surroundings } from '../context.js'
import { files, story } from './story.js'

export const tour: CommandDeclaration = {
  path: ['sandbox', 'tour'],
  summary: 'Show the life of a machine, from image to deletion, in a temporary sandbox',
  description:
    'Starts a sandbox on a free port of this machine, runs typical first commands one after the other, shows each with its output, and deletes the sandbox.',
  arguments: [],
  options: [],
  examples: [
    { title: 'Watch the life of a machine in half a minute', command: 'occi sandbox tour' },
    { title: 'Save it as text', command: 'occi sandbox tour > tour.txt' },
  ],
  run: async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'occi-tour-'))
    try {
      await playStory(context, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  },
}

async function playStory(context: Dialogue & Surroundings, folder: string): Promise<void> {
  const { out } = context.streams
  for (const { name, content } of files) await writeFile(join(folder, name), content)
  const { command: program } = context.runtime
  const serve = [...program, 'sandbox', 'serve', '--quiet', '--port', '0', '--state', join(folder, 'cloud')]
  const sandbox = startProgram(serve, folder, ['ignore', 'pipe', 'inherit'])
  try {
    const endpoint = await endpointOf(sandbox)
    await out.write(
      'A tour of occi on its sandbox, an OCCI server on this machine. No other server is contacted.\n',
    )
    await out.write(`\n$ export OCCI_ENDPOINT=${endpoint}\n`)
    // Tables even in a pipe, since the tour shows what a user sees on a terminal.
    if (!out.terminal) await out.write('$ export OCCI_OUTPUT=table\n')
    for (const { title, command } of story) {
      await out.write(`\n# ${title}\n$ occi ${command.map(shellWord).join(' ')}\n`)
      await runStep(program, command, endpoint, folder, out.terminal)
    }
    await out.write(
      `\nThat was the life of a machine. Try it yourself: \`--endpoint sandbox:\` is such a cloud,\nand \`occi --help\` lists all commands.\n`,
    )
  } finally {
    await stopSandbox(sandbox)
  }
}

async function runStep(
  program: readonly string[],
  command: readonly string[],
  endpoint: string,
  folder: string,
  terminal: boolean,
): Promise<void> {
  const child = startProgram([...program, ...command], folder, ['ignore', 'inherit', 'inherit'], {
    OCCI_ENDPOINT: endpoint,
    ...(terminal ? {} : { OCCI_OUTPUT: 'table' }),
  })
  const code = await exitCode(child)
  if (code !== 0)
    throw new ServerError(`\`occi ${command.join(' ')}\` ended with ${code}`, {
      hint: 'Please report this: the tour should never fail.',
    })
}

/** Starts a program whose home is `folder`, so that it does not use the user's contexts and caches. */
function startProgram(
  [program = '', ...args]: readonly string[],
  folder: string,
  stdio: ['ignore', 'inherit' | 'pipe', 'inherit'],
  variables: NodeJS.ProcessEnv = {},
): ChildProcess {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(OCCI_|OS_|X509_|ROCCI_|XDG_)/.test(name)) env[name] = value
  }
  return spawn(program, args, {
    cwd: folder,
    stdio,
    env: { ...env, HOME: folder, ...variables },
  })
}

/** Resolves with the URL that the sandbox prints when it has started. */
function endpointOf(sandbox: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    sandbox.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const url = /http:\/\/\S+/.exec(text)?.[0]
      if (url !== undefined && text.includes('\n')) resolve(url)
    })
    sandbox.once('error', (cause) => reject(new NetworkError('the sandbox did not start', { cause })))
    sandbox.once('close', (code) =>
      reject(new NetworkError(`the sandbox ended with ${code} before it served`)),
    )
  })
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      signal === null ? resolve(code ?? 1) : reject(interruptionError(signal)),
    )
  })
}

function interruptionError(signal: NodeJS.Signals): OcciError {
  return new ServerError(`the tour was interrupted by ${signal}`)
}

async function stopSandbox(sandbox: ChildProcess): Promise<void> {
  if (sandbox.exitCode !== null) return
  const closed = new Promise((resolve) => sandbox.once('close', resolve))
  sandbox.kill('SIGTERM')
  await closed
}
