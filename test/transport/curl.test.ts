import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type HttpRequest, toCurl } from '../../src/transport/index.js'

/** What a POSIX shell makes of the command: curl's arguments and standard input. */
function run(command: string, variables: Record<string, string> = {}): { args: string[]; stdin: string } {
  const script = `curl() { for a in "$@"; do printf '%s\\0' "$a"; done; printf 'END'; case " $* " in *" @- "*) cat;; esac; }\n${command}`
  const env = { PATH: process.env['PATH'] ?? '', ...variables }
  const out = execFileSync('sh', ['-c', script], { env }).toString('latin1')
  const end = out.indexOf('\0END')
  const args = Buffer.from(out.slice(0, end), 'latin1').toString('utf8').split('\0')
  return { args, stdin: out.slice(end + 4) }
}

const get: HttpRequest = {
  method: 'GET',
  url: 'https://u:planted@cloud.test:8787/compute/?q=[1]',
  headers: [],
}

describe('toCurl', () => {
  it('toCurl writes a plain GET, without the userinfo', () => {
    expect(toCurl(get)).toBe("curl -sS -g -H 'Accept:' \\\n  'https://cloud.test:8787/compute/?q=[1]'")
  })

  it('toCurl quotes every kind of quote in headers and body', () => {
    const nasty = `it's "quoted" $HOME \`id\` \\ größe`
    const request: HttpRequest = {
      method: 'POST',
      url: 'http://cloud.test/compute/',
      headers: [
        ['Content-Type', 'text/plain'],
        ['Accept', 'text/plain'],
        ['X-A', nasty],
        ['X-Empty', ''],
      ],
      body: `@${nasty}\nsecond line`,
    }
    const { args } = run(toCurl(request))
    expect(args.slice(2, 4)).toEqual(['-X', 'POST'])
    expect(args).toContain(`X-A: ${nasty}`)
    expect(args).toContain('X-Empty;')
    expect(args.slice(args.indexOf('--data-raw'))).toEqual([
      '--data-raw',
      `@${nasty}\nsecond line`,
      'http://cloud.test/compute/',
    ])
  })

  it('toCurl leaves secrets as shell variables', () => {
    const request: HttpRequest = {
      method: 'POST',
      url: 'http://cloud.test/?token=planted',
      headers: [
        ['X-Auth-Token', 'planted'],
        ['Authorization', 'Bearer planted'],
        ['X-Mine', 'planted'],
        ['Cookie', 'planted'],
      ],
      body: '{"auth":{"password":"planted","user":"alice"}}',
    }
    const command = toCurl(request, { secretHeaders: ['x-mine'] })
    expect(command).not.toContain('planted')
    const { args } = run(command, {
      OCCI_TOKEN: 'T"$',
      OCCI_SECRET: 'S',
      OCCI_COOKIE: 'C',
      OCCI_PASSWORD: 'P',
    })
    expect(args).toEqual(
      expect.arrayContaining([
        'X-Auth-Token: T"$',
        'Authorization: Bearer T"$',
        'X-Mine: S',
        'Cookie: C',
        '{"auth":{"password":"P","user":"alice"}}',
        'http://cloud.test/?token=T"$',
      ]),
    )
  })

  it('toCurl gives basic credentials by -u', () => {
    const command = toCurl({ ...get, headers: [['Authorization', 'Basic cGxhbnRlZA==']] })
    expect(command).not.toContain('cGxhb')
    expect(run(command, { OCCI_USERNAME: 'u', OCCI_PASSWORD: 'p' }).args).toEqual(
      expect.arrayContaining(['-u', 'u:p']),
    )
  })

  it('toCurl sends an empty body with a POST that has none, and adds no media type', () => {
    const { args } = run(toCurl({ method: 'POST', url: 'http://a.test/', headers: [['Accept', 'a/b']] }))
    expect(args).toEqual([
      '-sS',
      '-g',
      '-X',
      'POST',
      '-H',
      'Accept: a/b',
      '-H',
      'Content-Type:',
      '--data-raw',
      '',
      'http://a.test/',
    ])
  })

  it('toCurl pipes bytes that no shell argument can contain, with secrets as variables', () => {
    const body = Buffer.from('a\x00\xff%d\\n\x1b[31m password="planted" z', 'latin1')
    const command = toCurl({ ...get, method: 'PUT', body })
    expect(command).not.toContain('planted')
    expect(command).not.toContain('\x1b')
    expect(run(command, { OCCI_PASSWORD: 'P%d' }).stdin).toBe('a\x00\xff%d\\n\x1b[31m password="P%d" z')
  })
})
