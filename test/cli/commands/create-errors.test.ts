import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compute } from '../../../src/cli/commands/compute.js'
import { globalOptions } from '../../../src/cli/options/global.js'
import { type Machine, machine } from '../support/harness.js'

/** Options, a wrong value, and what the message must hold besides both: what would be right. */
type Row = readonly [option: string, value: string, right: string | RegExp, circumstances?: Circumstances]
interface Circumstances {
  /** Words in place of `compute create web --os debian-12`. */
  readonly words?: readonly string[]
  /** What the message says in place of the value: a secret, or a value that was taken apart. */
  readonly told?: string
  readonly status?: number
}

const elsewhere = {
  words: ['compute', 'create', 'web', '--endpoint', 'http://127.0.0.1:1/', '--auth', 'none'],
}

const rows: readonly Row[] = [
  ['os', 'debain-12', 'Did you mean debian-12', { words: ['compute', 'create', 'web'] }],
  ['os', 'debian', 'debian-13', { words: ['compute', 'create', 'web'] }],
  ['size', 'smoll', 'Did you mean small?'],
  ['ssh-key', '/no/such/key', 'there is no such file'],
  ['ssh-key', 'EMPTY', 'ssh-ed25519'],
  ['ssh-key', 'TWO-LINES', 'a separate file'],
  ['user-data', '/no/such/file', 'there is no such file'],
  ['user-data', 'EMPTY', '#cloud-config'],
  ['network', 'nowhere', '"occi network list" lists the existing ones', { status: 6 }],
  ['storage', 'nothing', '"occi storage list" lists the existing ones', { status: 6 }],
  ['storage', 'data:vdb', 'data:/dev/vdb', { status: 6 }],
  ['cores', 'many', 'whole number'],
  ['cores', '1.5', 'whole number'],
  ['cores', '0', 'at least 1'],
  ['memory', 'lots', '512M, 10G'],
  ['memory', '0', '512M, 10G'],
  ['architecture', 'arm', 'x86, x64'],
  ['hostname', 'my_host', 'Use letters, digits and hyphens'],
  ['title', 'db', 'Use only one of them'],
  ['summary', '', 'omit the option'],
  ['id', 'a/b', '/compute/web-1'],
  ['id', 'http://other.example.org/compute/1', '--endpoint'],
  ['count', '0', 'whole number from 1'],
  ['any-of', 'nowhere', 'context'],
  ['spread', '', 'Use --count N', { told: '' }],
  ['if-not-exists', '', 'needs a title', { words: ['compute', 'create', '--os', 'debian-12'], told: '' }],
  ['mixin', 'nonsense', 'occi mixin list'],
  ['mixin', 'ipnetwork', 'occi mixin list --applies-to compute'],
  ['attribute', 'cores', 'NAME=VALUE'],
  ['attribute', 'cores:=x', 'JSON', { told: '"x"' }],
  ['attribute', 'occi.compute.coers=2', 'Did you mean occi.compute.cores', { told: 'occi.compute.coers' }],
  ['attribute', 'nonsense=2', 'occi explain compute', { told: 'nonsense' }],
  ['attribute', 'occi.compute.cores=many', 'number', { told: 'many' }],
  ['attribute', 'occi.compute.state=active', 'Trigger an action', { told: 'occi.compute.state' }],
  ['wait', 'actve', 'Did you mean active?'],
  ['wait-timeout', 'never', '30s, 2m'],
  // Of every command.
  ['proxy', 'ftp://p.test', 'socks5h://HOST:PORT', elsewhere],
  ['output', 'tabel', 'Did you mean "table"?'],
  ['columns', 'nmae', 'Did you mean "name"?'],
  ['sort', 'nmae', 'Did you mean "name"?'],
  ['query', '[', 'https://jmespath.org', { told: 'The query failed' }],
  ['template', '{{nmae}}', 'Did you mean "name"?', { told: 'nmae' }],
  ['template', '{{name', '{{name}}'],
  ['endpoint', 'cloud.example.org', 'https://cloud.example.org'],
  ['context', 'nowhere', 'context'],
  ['site-timeout', 'soon', '30s, 2m'],
  ['auth', 'magic', 'basic', { words: elsewhere.words.slice(0, 5) }],
  ['header', 'nonsense', 'X-Project: demo'],
  ['timeout', 'soon', '30s, 2m', elsewhere],
  ['retries', 'many', /\d/, elsewhere],
  ['connect-timeout', 'soon', '30s, 2m', elsewhere],
  ['deadline', 'soon', '30s, 2m', elsewhere],
  ['max-response', 'much', '64M, 1G', elsewhere],
  ['ca-file', '/no/such/file', 'file', elsewhere],
  ['ca-path', '/no/such/folder', 'folder', elsewhere],
  ['tls-min-version', 'TLSv1.1', 'TLSv1.2'],
  ['tls-max-version', 'TLSv1.9', 'TLSv1.2'],
  ['media-type', 'text/html', 'text/plain'],
  ['provider', 'nebula', 'Known: '],
  ['concurrency', '0', '1 to 100'],
  ['trace', '/no/such/folder/file', 'another file', elsewhere],
  ['record', '/no/such/folder/file', 'another file', elsewhere],
  ['color', 'blue', 'auto, always, never'],
  ['csv-formulas', 'drop', 'keep, defuse'],
]

/** Whatever is given is right, or wrong only to the provider that is asked. */
const cannotBeWrong = new Set([
  ...[
    'no-header',
    'username',
    'password-stdin',
    'token-stdin',
    'token',
    'ca-system',
    'insecure',
    'no-cache',
    'yes',
    'dry-run',
    'keep-on-failure',
    'no-validate',
    'trust-project',
    'all-contexts',
    'completion-requests',
  ],
  ...['curl', 'no-input', 'quiet', 'verbose', 'no-color', 'help'],
])

let sandbox: Machine

beforeAll(async () => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  await sandbox.occi('storage create data --size 1 --wait')
  writeFileSync(join(sandbox.folder, 'EMPTY'), '')
  writeFileSync(join(sandbox.folder, 'TWO-LINES'), 'ssh-rsa AAAA\nssh-rsa BBBB\n')
})

const create = compute.commands.find(({ path }) => path[1] === 'create')
const options = [...(create?.options ?? []), ...globalOptions]

describe('a wrong value in an option of create', () => {
  it('every option of create has a row in this table', () => {
    const tried = new Set<string>(rows.map(([option]) => option))
    const missing = options
      .map(({ name }) => name)
      .filter((name) => !tried.has(name) && !cannotBeWrong.has(name))
    expect(missing).toEqual([])
  })

  it.each(rows.map(([option, value, right, more = {}]) => ({ option, value, right, more })))(
    '--$option $value is refused, and the error names the option, the value and what would be right',
    async (row) => {
      const { option, value, right, more } = row
      const { words, told, status = 2 } = more
      const text = ['EMPTY', 'TWO-LINES'].includes(value) ? join(sandbox.folder, value) : value
      const given = ['if-not-exists', 'spread'].includes(option) ? `--${option}` : `--${option}=${text}`
      const result = await sandbox.occi([
        ...(words ?? ['compute', 'create', 'web', '--os', 'debian-12']),
        given,
      ])
      expect(result.err.split('\n')[0]).toMatch(/^occi: /)
      expect(result.err).toContain(`--${option}`)
      expect(result.err).toContain(told ?? text)
      expect(result.err).toMatch(right)
      expect([result.status, result.out]).toEqual([status, ''])
      expect((await sandbox.occi('compute list -o name')).out).toBe('')
    },
  )

  it.each(
    options.filter(
      ({ value, bare, group }) => value !== undefined && bare === undefined && group !== 'Authentication',
    ),
  )('--$name without a text is refused, and the error names it', async ({ name }) => {
    const { status, err } = await sandbox.occi(['compute', 'create', 'web', `--${name}=`])
    expect([status, err.split('\n')[0]]).toEqual([2, `occi: --${name} is empty`])
  })

  it('all errors are reported together, one per line', async () => {
    const { status, err } = await sandbox.occi(
      'compute create web --os debian-12 --cores 0 --architecture arm --attribute foo=1',
    )
    expect([status, err.trim().split('\n')]).toEqual([
      2,
      [
        'occi: 3 values are invalid',
        '  --cores: occi.compute.cores must be at least 1, not 0. (Use --cores N: number of CPU cores.)',
        '  --architecture: occi.compute.architecture must be one of x86, x64, not the string "arm". (Use --architecture ARCH: x86 or x64.)',
        expect.stringMatching(/^ {2}--attribute: Compute has no attribute foo/),
        "  The provider's model requires this. To send the request anyway, add --no-validate.",
      ],
    ])
  })
})

describe('wrong output options are refused before anything is changed', () => {
  it.each([
    'compute create web --os debian-12 -o tabel',
    'compute create web --os debian-12 --columns nmae',
    'compute create web --os debian-12 --query [',
    'storage update data --title other --columns nmae',
    'storage delete data --yes --sort nmae',
    'storage delete --all --yes --columns nmae',
    'storage offline data --template {{nmae}}',
    'storage replace data --title other --size 1 --columns nmae',
  ])('occi %s changes nothing and ends with 2', async (words) => {
    const { status, out } = await sandbox.occi(words)
    expect([status, out]).toEqual([2, ''])
    expect((await sandbox.occi('compute list -o name')).out).toBe('')
    const data = JSON.parse((await sandbox.occi('storage list -o json')).out)
    expect(data).toMatchObject([{ title: 'data', state: 'online' }])
  })

  it('a column that only some of the entities have is empty for the others', async () => {
    await sandbox.occi('storage create spare --size 1')
    const { status, out } = await sandbox.occi('storage delete spare --yes --columns name,title,kindTerm,ips')
    expect([status, out]).toEqual([0, expect.stringContaining('spare')])
  })
})
