import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cliHint, cliInputName, cliText } from '../../../src/cli/errors/cli-text.js'
import { WaitFailedError } from '../../../src/errors/errors.js'

const src = resolve(import.meta.dirname, '../../../src')
/** Lines that may contain an option: commands of other programs, and the option that a certificate came from. */
const exceptions =
  /oidc-add|voms-proxy-init|source === '--user-cred'|context\.option\('user-(cert|cred)'\)|recognisedBy|depth/

const lines = ['auth', 'client', 'transport', 'federation'].flatMap((room) =>
  readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('curl.ts'))
    .flatMap((path) => readFileSync(join(src, room, path), 'utf8').split('\n'))
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line)),
)

describe('the library', () => {
  it('messages of the library name no option and no command of the command line', () => {
    const found = lines.filter(
      (line) =>
        /--[a-z]|["`]occi (auth|compute|link|list|api|explain|mixin|help)\b/.test(line) &&
        !exceptions.test(line),
    )
    expect(found).toEqual([])
  })
})

describe('the command line', () => {
  it("the command line replaces the library's words by its own", () => {
    expect(cliText('Try another rendering with `mediaType`; `raw()` shows the answer as it is.')).toBe(
      'Try another rendering with --media-type; "occi api" shows the answer as it is.',
    )
    expect(cliText('Give the option `oidc-client-secret`.')).toBe(
      'Give it by OCCI_OIDC_CLIENT_SECRET, or run `occi auth login`.',
    )
    expect(cliText('Run `occi auth login`, or see `something`.')).toBe(
      'Run `occi auth login`, or see `something`.',
    )
    expect([cliInputName('auth-url'), cliInputName('occi.core.title')]).toEqual([
      '--auth-url',
      'occi.core.title',
    ])
  })

  it('the command line names the command for a state that only an action brings', () => {
    const error = new WaitFailedError('it stays inactive', {
      hint: '`trigger()` the action start.',
      facts: { action: 'start', kind: 'compute', location: 'http://cloud.test/compute/1/' },
    })
    expect(cliHint(error)).toBe('occi compute start 1 --wait')
  })

  it("the command line has words for every setting and function that the library's hints name", () => {
    const spans = lines
      .filter((line) => /hint|'.*`.*'/.test(line))
      .flatMap((line) => [...line.matchAll(/'[^']*'/g)].flatMap(([text]) => text.match(/`[^`]+`/g) ?? []))
    expect(spans.length).toBeGreaterThan(50)
    const unsaid = [...new Set(spans)].filter((span) => cliText(span) === span && !span.includes('${'))
    // Names of the plugin contract, other programs, and a sentence of its own.
    const same = ['`auth`', '`plugin`', '`voms-proxy-info -all`', '`oidc-agent`', '`model().kinds`']
    const settings = ['`credentials`', '`transport`']
    expect(unsaid.filter((span) => ![...same, ...settings].includes(span))).toEqual([])
  })
})
