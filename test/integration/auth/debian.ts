/**
 * Debian packages without installing them: `apt-get download` and `dpkg -x` into a private folder. Needs no
 * root and changes nothing on the machine; the folder is kept for the next run.
 */
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Milliseconds for one call of apt, which asks Debian's archive. */
const longest = 120_000

async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly maxBuffer?: number } = {},
): Promise<{ readonly stdout: string }> {
  try {
    return await promisify(execFile)(file, args, { ...options, timeout: longest, killSignal: 'SIGKILL' })
  } catch (error) {
    if ((error as { readonly killed?: boolean }).killed !== true) throw error
    const what = `${file} ${args.find((word) => !word.startsWith('-')) ?? ''}`.trim()
    throw new Error(`${what} did not end within ${longest / 1000} s; it needs Debian's archive.`, {
      cause: error,
    })
  }
}

export interface Prefix {
  readonly folder: string
  /** For programs of the prefix: its libraries and Python packages first. */
  readonly env: Readonly<Record<string, string>>
  path(name: string): string
}

/** The packages with all they need, unpacked. Throws with a list of what the machine lacks. */
export async function debianPrefix(packages: readonly string[]): Promise<Prefix> {
  const missing = missingTools()
  if (missing.length > 0) {
    throw new Error(
      `The integration tests need a Debian or Ubuntu with its own Python. Missing here: ${missing.join(', ')}.`,
    )
  }
  const names = await closure(packages)
  const key = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16)
  const root = process.env['INTEGRATION_CACHE'] ?? join(tmpdir(), `occi-integration-${userInfo().uid}`)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  if (statSync(root).uid !== userInfo().uid)
    throw new Error(`${root} belongs to somebody else; set INTEGRATION_CACHE.`)
  const folder = join(root, `debian-${key}`)
  await alone(`${folder}.lock`, async () => {
    if (existsSync(join(folder, '.complete'))) return
    rmSync(folder, { recursive: true, force: true })
    await unpack(
      names.map((line) => line.split(' ')[0] ?? ''),
      `${folder}.new`,
    )
    renameSync(`${folder}.new`, folder)
    writeFileSync(join(folder, '.complete'), names.join('\n'))
  })
  const lib = join(folder, 'usr/lib')
  const libraries = (existsSync(lib) ? readdirSync(lib) : []).filter((name) => name.includes('-linux-gnu'))
  return {
    folder,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'),
      LD_LIBRARY_PATH: libraries
        .flatMap((name) => [join(folder, 'usr/lib', name), join(folder, 'lib', name)])
        .join(':'),
    },
    // What the machine has installed already is not fetched.
    path: (name) => (existsSync(join(folder, name)) ? join(folder, name) : join('/', name)),
  }
}

function missingTools(): readonly string[] {
  const needed: readonly (readonly [string, readonly string[]])[] = [
    ['apt-get', ['--version']],
    ['dpkg', ['--version']],
    ['openssl', ['version']],
    ['/usr/bin/python3', ['--version']],
  ]
  return needed.flatMap(([tool, args]) => {
    try {
      execFileSync(tool, [...args], { stdio: 'ignore' })
      return []
    } catch {
      return [tool]
    }
  })
}

/** Name and version of each package that apt would install. The lists may have to be fetched first. */
async function closure(packages: readonly string[]): Promise<readonly string[]> {
  const simulate = () =>
    run('apt-get', ['-s', '-o', 'Debug::NoLocking=1', 'install', '--no-install-recommends', ...packages], {
      env: { ...process.env, LC_ALL: 'C' },
      maxBuffer: 10_000_000,
    })
  let output: string
  try {
    output = (await simulate()).stdout
  } catch {
    try {
      await run('apt-get', ['update', '-q'], { maxBuffer: 10_000_000 })
      output = (await simulate()).stdout
    } catch (cause) {
      throw new Error(
        `apt does not know ${packages.join(', ')}. Run \`apt-get update\` as root; it needs Debian's archive.`,
        { cause },
      )
    }
  }
  return output
    .split('\n')
    .flatMap((line) => {
      const found = /^Inst (\S+) (?:\[\S+\] )?\((\S+)/.exec(line)
      // Not the C library and its like: those of the machine run the machine's Python.
      return found === null || /^(?:systemd|libc6|libc-bin|libssl3)/.test(found[1] ?? '')
        ? []
        : [`${found[1]} ${found[2]}`]
    })
    .sort()
}

async function unpack(names: readonly string[], folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const archives = join(folder, '.debs')
  mkdirSync(archives, { recursive: true })
  if (names.length > 0) {
    try {
      await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=', ...names], {
        cwd: archives,
        maxBuffer: 10_000_000,
      })
    } catch {
      // The lists are older than the archive: fetch them, where we may, and try once more.
      await run('apt-get', ['update', '-q'], { maxBuffer: 10_000_000 })
      await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=', ...names], { cwd: archives })
    }
  }
  for (const name of readdirSync(archives)) await run('dpkg', ['-x', join(archives, name), folder])
  rmSync(archives, { recursive: true })
}

/** One process at a time; test files run in parallel. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(lock)
      break
    } catch {
      if (
        waited > 600 ||
        Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 300_000
      ) {
        rmSync(lock, { recursive: true, force: true })
      }
      await sleep(500)
    }
  }
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}
