/** Real shells with the completion scripts: keys are typed into bash and zsh, fish is asked as it asks itself. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debianPrefix, type Prefix } from './auth/debian.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
let folder: string
let env: NodeJS.ProcessEnv
let prefix: Prefix
/** Of a machine whose name a command would take for an option, or a shell for a command. */
let dashed: string

beforeAll(async () => {
  execFileSync('npm', ['run', '-s', 'build:cli'], { cwd: root, stdio: 'ignore' })
  // What is installed is taken from the machine, the rest from Debian.
  prefix = await debianPrefix(['zsh', 'fish'])
  folder = mkdtempSync(join(tmpdir(), 'occi-shells-'))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/occi'), `#!/bin/sh\nexec '${process.execPath}' '${root}/bin/occi' "$@"\n`)
  chmodSync(join(folder, 'bin/occi'), 0o755)
  const base = { ...process.env }
  delete base['LD_LIBRARY_PATH']
  env = {
    ...base,
    PATH: `${folder}/bin:${process.env['PATH']}`,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    OCCI_ENDPOINT: 'sandbox:',
    TERM: 'xterm',
    LC_ALL: 'C.UTF-8',
  }
  const occi = (...words: string[]) =>
    execFileSync(join(folder, 'bin/occi'), words, { env, encoding: 'utf8' })
  occi('compute', 'create', 'my web', '--os', 'debian-12', '--size', 'small', '--wait')
  dashed = occi(
    'compute',
    'create',
    '--title=-rf $(touch ran)',
    '--os',
    'debian-12',
    '--size',
    'small',
  ).trim()
  occi('compute', 'create', 'idle', '--os', 'debian-12', '--size', 'small', '--wait')
  occi('compute', 'stop', 'idle', '--wait')
  occi('compute', 'list')
  writeFileSync(join(folder, 'bin/occi-zebra'), '#!/bin/sh\n')
  chmodSync(join(folder, 'bin/occi-zebra'), 0o755)
  occi('context', 'add', 'practice', '--endpoint', 'sandbox:')
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Bells, colours and cursor movements. */
const noise = /\x07|\x1b\[[0-9;?]*[A-Za-z]/g

/** Types keys into an interactive shell on a terminal; answers what the screen has shown by then. */
async function typed(command: string, setup: string, keys: string, awaited: RegExp): Promise<string> {
  const shell = spawn('script', ['-qec', command, '/dev/null'], { env, cwd: folder })
  let screen = ''
  shell.stdout.on('data', (chunk: Buffer) => {
    screen = (screen + chunk.toString()).replace(noise, '')
  })
  const appears = async (what: RegExp, from: number) => {
    for (let waited = 0; waited < 15_000; waited += 50) {
      if (what.test(screen.slice(from))) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${what} did not appear on the screen:\n${JSON.stringify(screen)}`)
  }
  try {
    // The quotes keep the echo of the command from being taken for its output.
    shell.stdin.write(`${setup}; echo READ''Y\n`)
    await appears(/READY/, 0)
    const from = screen.length
    shell.stdin.write(keys)
    await appears(awaited, from)
    return screen.slice(from)
  } finally {
    shell.kill('SIGKILL')
  }
}

describe('bash', () => {
  const bash = (keys: string, awaited: RegExp) =>
    typed('bash --norc --noprofile -i', `PS1='> '; source '${root}/completions/occi.bash'`, keys, awaited)

  it.each([
    ['a noun', 'occi compl\t', /occi completion /],
    ['a verb', 'occi compute desc\t', /occi compute describe /],
    ['an option', 'occi compute create --mem\t', /--memory /],
    ['an image', 'occi compute create --os debian-13\t', /--os debian-13 /],
    ['an image after =', 'occi compute create --os=debian-13\t', /--os=debian-13 /],
    ['the beginning of several', 'occi compute create --os deb\t', /--os debian-1/],
    ['a title, quoted', 'occi compute describe my\t', /describe my\\ web /],
    ['a format', 'occi -o yam\t', /-o yaml /],
    ['after a URL', 'occi --endpoint http://h:8787/x compute sus\t', /compute suspend /],
    ['a file', `occi compute create --ssh-key ${'/etc/hostn'}\t`, /\/etc\/hostname /],
    ['a topic', 'occi help exit\t', /help exit-codes /],
    ['a topic of its own', 'occi help forma\t', /help formatting /],
    ['a context', 'occi context use pra\t', /use practice /],
    ['a context for one command', 'occi --context pra\t', /--context practice /],
    ['an action of the kind', 'occi compute trigger susp\t', /trigger suspend /],
    ['an attribute', 'occi compute update x --attribute occi.compute.co\t', /occi\.compute\.cores=/],
    ['a size', 'occi compute create --size xl\t', /--size xlarge /],
    ['a kind', 'occi explain networki\t', /explain networkinterface /],
    ['a noun that only the provider knows', 'occi networki\t', /occi networkinterface /],
    ['a machine to log in to', 'occi ssh my\t', /ssh my\\ web /],
    ['a machine that wants an address', 'occi ip attach my\t', /attach my\\ web /],
    ['an option of ssh', 'occi compute ssh web --proxy-j\t', /--proxy-jump /],
    ['a machine that can be started', 'occi compute start idl\t', /start idle /],
    ['a column', 'occi compute list --columns hostn\t', /--columns hostname /],
    ['a column after a comma', 'occi compute list --columns=name,hostn\t', /--columns=name,hostname /],
    ['a condition', 'occi compute list --where memo\t', /--where memory=/],
    ['the state of a condition', 'occi compute list --where state=inac\t', /state=inactive /],
    ['an attribute after a dot', 'occi explain compute.hostn\t', /compute\.hostname /],
    ['a program on the PATH', 'occi zeb\t', /occi zebra /],
  ])('bash completes %s', async (_, keys, awaited) => {
    expect(await bash(keys, awaited)).toMatch(awaited)
  })

  it('bash completes a name that begins with a dash by its id', async () => {
    const start = `occi compute describe ${dashed.slice(0, 6)}`
    expect(await bash(`${start}\t`, new RegExp(`describe ${dashed} `))).not.toContain('-rf')
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  it('bash lists the candidates when Tab is pressed twice', async () => {
    expect(await bash('occi compute s\t\t', /start.*stop.*suspend|save/s)).toContain('suspend')
  })
})

describe('zsh', () => {
  const zsh = (keys: string, awaited: RegExp) => {
    const modules = `${prefix.folder}/usr/lib`
    const found = existsSync(modules)
      ? readdirSync(modules)
          .map((name) => join(modules, name, 'zsh'))
          .filter((path) => existsSync(path))
          .flatMap((path) => readdirSync(path).map((version) => join(path, version)))
      : []
    const functions = join(prefix.folder, 'usr/share/zsh/functions')
    // A zsh that is not installed must be told where its parts are before it starts to read lines.
    writeFileSync(
      join(folder, '.zshenv'),
      `module_path=(${found.join(' ')} $module_path); fpath=(${functions}/**/*(/N) $fpath)\n`,
    )
    return typed(
      `ZDOTDIR='${folder}' ${prefix.path('bin/zsh')} -d -i`,
      `PS1='> '; autoload -Uz compinit; compinit -u -d ${folder}/zcompdump; source '${root}/completions/_occi'`,
      keys,
      awaited,
    )
  }

  it.each([
    ['a noun', 'occi compl\t', /completion/],
    ['a verb', 'occi compute desc\t', /describe/],
    ['an option', 'occi compute create --mem\t', /--memory/],
    ['an image', 'occi compute create --os debian-13\t', /debian-13 /],
    ['the beginning of several', 'occi compute create --os deb\t', /debian-1/],
    ['a title, quoted', 'occi compute describe my\t', /my\\ web/],
    ['a format', 'occi -o yam\t', /yaml/],
    ['after a URL', 'occi --endpoint http://h:8787/x compute sus\t', /suspend/],
    ['a topic', 'occi help exit\t', /exit-codes/],
    ['a context', 'occi context use pra\t', /use practice/],
    ['an action of the kind', 'occi compute trigger susp\t', /trigger suspend/],
    ['an attribute', 'occi compute update x --attribute occi.compute.co\t', /occi\.compute\.cores=/],
    ['a size', 'occi compute create --size xl\t', /--size xlarge/],
    ['a kind', 'occi explain networki\t', /explain networkinterface/],
    ['a noun that only the provider knows', 'occi networki\t', /occi networkinterface/],
    ['a machine to log in to', 'occi ssh my\t', /ssh my\\ web/],
    ['a machine that wants an address', 'occi ip attach my\t', /attach my\\ web/],
    ['a column', 'occi compute list --columns hostn\t', /--columns hostname/],
    ['a column after a comma', 'occi compute list --columns name,hostn\t', /name,hostname/],
    ['a condition', 'occi compute list --where memo\t', /--where memory=/],
    ['the state of a condition', 'occi compute list --where state=inac\t', /state=inactive/],
    ['an attribute after a dot', 'occi explain compute.hostn\t', /compute\.hostname/],
    ['a program on the PATH', 'occi zeb\t', /occi zebra/],
  ])('zsh completes %s', async (_, keys, awaited) => {
    expect(await zsh(keys, awaited)).toMatch(awaited)
  })

  it('zsh completes a name that begins with a dash by its id', async () => {
    const start = `occi compute describe ${dashed.slice(0, 6)}`
    expect(await zsh(`${start}\t`, new RegExp(dashed))).toContain(dashed)
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  it('zsh describes the candidates', async () => {
    expect(await zsh('occi compute st\t', /Start a virtual machine/)).toContain('start')
  })
})

describe('fish', () => {
  const fish = async (line: string) => {
    const { stdout, stderr } = await run(
      prefix.path('usr/bin/fish'),
      ['--no-config', '-c', `source '${root}/completions/occi.fish'; complete -C '${line}'`],
      { env: { ...env, LD_LIBRARY_PATH: prefix.env['LD_LIBRARY_PATH'] }, cwd: folder },
    )
    expect(stderr).toBe('')
    return stdout.trimEnd().split('\n')
  }

  it.each([
    ['a noun', 'occi comple', ['completion\tcompletion for bash, zsh and fish']],
    ['a verb', 'occi compute desc', ['describe\tShow details of a virtual machine']],
    ['an image', 'occi compute create --os debian-13', ['debian-13\tDebian 13 (trixie), x86_64']],
    [
      'an image after =',
      'occi compute create --os=debian-13',
      ['--os=debian-13\tDebian 13 (trixie), x86_64'],
    ],
    ['a title', 'occi compute describe my', ['my web\tactive']],
    ['after a URL', 'occi --endpoint http://h:8787/x compute sus', ['suspend\tSuspend a virtual machine']],
    ['a topic', 'occi help exit', ['exit-codes']],
    ['a context', 'occi context use pra', ['practice']],
    ['a context for one command', 'occi --context pra', [expect.stringMatching(/^practice\t/)]],
    ['an action of the kind', 'occi compute trigger susp', [expect.stringMatching(/^suspend/)]],
    ['a size', 'occi compute create --size xl', [expect.stringMatching(/^xlarge\t/)]],
    ['a kind', 'occi explain networki', [expect.stringMatching(/^networkinterface/)]],
    ['a machine to log in to', 'occi ssh my', ['my web\tactive']],
    ['a machine that wants an address', 'occi ip attach my', ['my web\tactive']],
    ['a machine that can be started', 'occi compute start i', ['idle\tinactive']],
    [
      'a column after a comma',
      'occi compute list --columns name,hostn',
      [expect.stringMatching(/^name,hostname/)],
    ],
    ['a condition', 'occi compute list --where hostn', [expect.stringMatching(/^hostname=/)]],
    ['an attribute after a dot', 'occi explain compute.hostn', [expect.stringMatching(/^compute\.hostname/)]],
    ['a program on the PATH', 'occi zeb', [expect.stringMatching(/^zebra/)]],
  ])('fish completes %s', async (_, line, expected) => {
    expect(await fish(line)).toEqual(expected)
  })

  it('fish completes a name that begins with a dash by its id, and shows the name', async () => {
    const offered = await fish('occi compute describe ')
    expect(offered).toContainEqual(expect.stringMatching(new RegExp(`^${dashed}\t-rf `)))
    expect(offered.filter((line) => line.startsWith('-'))).toEqual([])
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  it('fish describes the options', async () => {
    expect(await fish('occi compute create --mem')).toContainEqual(expect.stringMatching(/^--memory\t/))
  })
})

describe('occi __complete', () => {
  it('occi __complete answers nothing without caches, and sends no request', async () => {
    const bare = { ...env, XDG_CACHE_HOME: join(folder, 'empty'), OCCI_ENDPOINT: 'http://192.0.2.1/' }
    for (const question of [['mixin', 'os_tpl'], ['entity'], ['noun'], ['nonsense'], []]) {
      const { stdout, stderr } = await run(
        join(folder, 'bin/occi'),
        ['__complete', ...question, '--', 'occi', ''],
        {
          env: bare,
        },
      )
      expect([stdout, stderr]).toEqual(['', ''])
    }
  })
})

describe('a network before any list', () => {
  const asked = (allowed: string) =>
    typed(
      'bash --norc --noprofile -i',
      `PS1='> '; export XDG_CACHE_HOME='${join(folder, `none-${allowed}`)}' OCCI_COMPLETION_REQUESTS=${allowed}; source '${root}/completions/occi.bash'`,
      'occi compute create --network priv\t END',
      /END/,
    )

  it('a name is completed by one request where completion-requests is on', async () => {
    expect(await asked('true')).toContain('--network private ')
  })

  it('a name is not completed where completion-requests is off', async () => {
    expect(await asked('false')).not.toContain('private')
  })
})

describe('manual pages', () => {
  it('manual pages cause no warnings of groff', async () => {
    const pages = readdirSync(join(root, 'man')).map((name) => join(root, 'man', name))
    expect(pages.length).toBeGreaterThan(5)
    for (const page of pages) {
      const { stderr } = await run('groff', ['-man', '-ww', '-z', '-Tutf8', page])
      expect([page, stderr]).toEqual([page, ''])
    }
  })
})
