/**
 * `occi sandbox tour`: runs the story's commands as processes of the real program against `occi sandbox
 * serve` in a temporary folder, and shows what a user would see.
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
  summary: 'Show the life of a machine, from image to deletion, in a sandbox of its own',
  description:
    'Starts a sandbox on a free port of this machine, runs the commands of a first hour one after the other, shows each with its real output, and leaves nothing behind.',
  arguments: [],
  options: [],
  examples: [
    { title: 'Watch a whole lifecycle in half a minute', command: 'occi sandbox tour' },
    { title: 'Save it as text', command: 'occi sandbox tour > tour.txt' },
  ],
  run: async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'occi-tour-'))
    try {
      await play(context, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  },
}

async function play(context: Dialogue & Surroundings, folder: string): Promise<void> {
  const { out } = context.streams
  for (const { name, content } of files) await writeFile(join(folder, name), content)
  const { command: program } = context.runtime
  const serve = [...program, 'sandbox', 'serve', '--quiet', '--port', '0', '--state', join(folder, 'cloud')]
  const sandbox = start(serve, folder, ['ignore', 'pipe', 'inherit'])
  try {
    const endpoint = await endpointOf(sandbox)
    await out.write(
      'A tour of occi against its own sandbox: a real OCCI server on this machine, and nothing else.\n',
    )
    await out.write(`\n$ export OCCI_ENDPOINT=${endpoint}\n`)
    // A pipe also gets tables, since they are what a newcomer sees on a terminal.
    if (!out.terminal) await out.write('$ export OCCI_OUTPUT=table\n')
    for (const { title, command } of story) {
      await out.write(`\n# ${title}\n$ occi ${command.map(shellWord).join(' ')}\n`)
      await step(program, command, endpoint, folder, out.terminal)
    }
    await out.write(
      `\nThat was a whole lifecycle. Try it yourself: the same cloud is behind \`--endpoint sandbox:\`,\nand \`occi --help\` says what else there is.\n`,
    )
  } finally {
    await stop(sandbox)
  }
}

async function step(
  program: readonly string[],
  command: readonly string[],
  endpoint: string,
  folder: string,
  terminal: boolean,
): Promise<void> {
  const child = start([...program, ...command], folder, ['ignore', 'inherit', 'inherit'], {
    OCCI_ENDPOINT: endpoint,
    ...(terminal ? {} : { OCCI_OUTPUT: 'table' }),
  })
  const code = await exitCode(child)
  if (code !== 0)
    throw new ServerError(`\`occi ${command.join(' ')}\` ended with ${code}`, {
      hint: 'Please report this: the tour should never fail.',
    })
}

/** Starts a program with a separate home folder, so that the user's contexts and caches are not used. */
function start(
  [program = '', ...args]: readonly string[],
  folder: string,
  stdio: ['ignore', 'inherit' | 'pipe', 'inherit'],
  extra: NodeJS.ProcessEnv = {},
): ChildProcess {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(OCCI_|OS_|X509_|ROCCI_|XDG_)/.test(name)) env[name] = value
  }
  return spawn(program, args, {
    cwd: folder,
    stdio,
    env: { ...env, HOME: folder, ...extra },
  })
}

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
  return new Promise((done, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => (signal === null ? done(code ?? 1) : reject(interrupted(signal))))
  })
}

function interrupted(signal: NodeJS.Signals): OcciError {
  return new ServerError(`the tour was interrupted by ${signal}`)
}

async function stop(sandbox: ChildProcess): Promise<void> {
  if (sandbox.exitCode !== null) return
  const closed = new Promise((done) => sandbox.once('close', done))
  sandbox.kill('SIGTERM')
  await closed
}
