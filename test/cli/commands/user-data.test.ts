import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Piece, userDataOf } from '../../../src/cli/commands/create/multipart.js'
import { type Machine, machine } from '../support/harness.js'

const piece = (name: string, text: string): Piece => ({ name, bytes: Buffer.from(text) })
const text = (...pieces: readonly Piece[]) => Buffer.from(userDataOf(pieces)).toString('latin1')

/** What a reader of mail makes of it: header lines and decoded body of each part. */
function read(message: string): readonly { readonly head: string; readonly body: string }[] {
  const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? ''
  const parts = message.split(`--${boundary}`).slice(1, -1)
  return parts.map((part) => {
    const [head = '', ...rest] = part.replace(/^\n/, '').replace(/\n$/, '').split('\n\n')
    const body = rest.join('\n\n')
    const decoded = head.includes('base64') ? Buffer.from(body, 'base64').toString('utf8') : body
    return { head, body: decoded }
  })
}

describe('several pieces of user data', () => {
  it('parts of user data get their types from their beginning and are read back unchanged', () => {
    const pieces = [
      piece('setup.sh', '#!/bin/sh\necho hi\n'),
      piece('config.yaml', '#cloud-config\nhostname: größe\n'),
      piece('boot', '#cloud-boothook\ntrue\n'),
      piece('urls', '#include\nhttps://example.org/\n'),
      piece('t.j2', '## template: jinja\n#cloud-config\n'),
      piece('note', 'whatever'),
    ]
    const found = read(text(...pieces))
    expect(found.map(({ head }) => /Content-Type: ([^;\n]+)/.exec(head)?.[1])).toEqual([
      'text/x-shellscript',
      'text/cloud-config',
      'text/cloud-boothook',
      'text/x-include-url',
      'text/jinja2',
      'text/plain',
    ])
    expect(found.map(({ body }) => body)).toEqual(
      pieces.map(({ bytes }) => Buffer.from(bytes).toString('utf8')),
    )
    expect(found[0]?.head).toContain('filename="setup.sh"')
  })

  it('parts of user data keep bytes, CR and long lines that mail would change', () => {
    const binary = { name: 'x.gz', bytes: Buffer.from([0x1f, 0x8b, 0, 255]) }
    const [first, second, third] = read(
      text(binary, piece('dos.cmd', '#!/bin/sh\r\n'), piece('long', `#!/bin/sh\n${'x'.repeat(2000)}`)),
    )
    expect(first?.head).toContain('application/octet-stream')
    expect(
      Buffer.from(
        text(binary, binary).split('base64\n')[1]?.split('\n\n')[1]?.split('\n')[0] ?? '',
        'base64',
      ),
    ).toEqual(binary.bytes)
    expect([second?.body, third?.body.length]).toEqual(['#!/bin/sh\r\n', 2010])
  })

  it('a part of user data may itself be a MIME message', () => {
    const inner = text(piece('a', '#!/bin/sh\n'), piece('b', '#!/bin/sh\n'))
    const outer = text(piece('inner', inner), piece('c', '#!/bin/sh\n'))
    expect(outer.match(/Content-Type: multipart\/mixed/g)).toHaveLength(2)
    expect(new Set(outer.match(/boundary="[^"]+"/g)).size).toBe(2)
  })

  it('a file name cannot inject headers into user data', () => {
    expect(text(piece('a"\nX-Evil: 1', 'x'), piece('b', 'y'))).not.toContain('\nX-Evil')
  })

  it('a single piece of user data is sent unchanged', () => {
    expect(text(piece('setup.sh', '#!/bin/sh\n'))).toBe('#!/bin/sh\n')
  })
})

describe('--user-data', () => {
  let sandbox: Machine
  beforeEach(() => {
    sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  })

  it('--user-data may be given several times, once from standard input', async () => {
    const file = join(sandbox.folder, 'setup.sh')
    writeFileSync(file, '#!/bin/sh\ntrue\n')
    const words = ['compute', 'create', 'web', '--os', 'debian-12', '--user-data', file, '--user-data', '-']
    const { status, out } = await sandbox.occi([...words, '-o', 'json'], {
      stdin: '#cloud-config\n',
    })
    const sent = Buffer.from(JSON.parse(out).attributes['occi.compute.userdata'], 'base64').toString()
    expect([status, read(sent).map((part) => part.body)]).toEqual([
      0,
      ['#!/bin/sh\ntrue\n', '#cloud-config\n'],
    ])
  })

  it('--user-data warns of more than OpenStack accepts', async () => {
    const { status, err } = await sandbox.occi('compute create web --os debian-12 --user-data -', {
      stdin: `#!/bin/sh\n${'#'.repeat(60_000)}\n`,
    })
    expect([status, err]).toEqual([0, expect.stringContaining('OpenStack accepts at most 65535')])
  })
})

describe('amounts', () => {
  it('every option for an amount accepts units', async () => {
    const sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await sandbox.occi('compute create web --os debian-12 --memory 1536M --wait')
    const cases = [
      ['compute describe web', 1.5],
      ['compute update web memory=3G', 3],
      ['compute update web --attribute occi.compute.memory=512MiB', 0.5],
      ['compute update web --memory 0.25T', 256],
      ['compute update web --attribute memory:=2', 2],
    ] as const
    for (const [words, expected] of cases) {
      const { out, err } = await sandbox.occi(`${words} -o json`)
      expect([words, err]).toEqual([words, ''])
      expect(JSON.parse(out).attributes['occi.compute.memory']).toBe(expected)
    }
  })

  it('amounts are sent in MiB to servers that count in MiB', async () => {
    const sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:', OCCI_PROVIDER: 'snf-occi' } })
    const { out } = await sandbox.occi('compute create web --os debian-12 --memory 4G --dry-run')
    expect(out).toMatch(/occi\.compute\.memory\W+4096/)
  })
})

describe('compute list -o wide', () => {
  it('compute list -o wide shows image and size', async () => {
    const sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await sandbox.occi('compute create web --os debian-12 --size small --wait')
    const { out } = await sandbox.occi('compute list -o wide')
    const [head = '', row = ''] = out.split('\n')
    expect(head.split(/ {2,}/)).toEqual(expect.arrayContaining(['IMAGE', 'SIZE']))
    expect(row.split(/ {2,}/)).toEqual(expect.arrayContaining(['debian-12', 'small']))
    expect((await sandbox.occi('compute list --columns name,image,size')).out).toBe('web\tdebian-12\tsmall\n')
  })
})
