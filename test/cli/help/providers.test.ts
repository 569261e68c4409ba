import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { authMethods } from '../../../src/auth/index.js'
import { personaNames } from '../../../src/sandbox/index.js'

const document = readFileSync(join(import.meta.dirname, '../../../src/cli/help/providers.md'), 'utf8')

/** Cells of the rows of the table of a section. */
function table(section: string): readonly (readonly string[])[] {
  const [, text = ''] = document.split(`\n## ${section}\n`)
  const [lines = ''] = text.split('\n## ')
  return lines
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
}

it('occi help providers tells every authentication method, and no others', () => {
  const told = table('Logins').map(([name = '']) => name.replaceAll('`', '').split(',')[0] ?? '')
  expect([...new Set(told)].sort()).toEqual(
    [...authMethods.filter((method) => method !== 'auto'), 'npm:PACKAGE'].sort(),
  )
})

it('occi help providers says when and with what each login was tried; only Keystone v2.0 has a stand-in', () => {
  for (const [name = '', , tried = ''] of table('Logins')) {
    if (name === '`keystone`, v2.0') expect(tried).toContain('stand-in')
    else expect([name, tried]).toEqual([name, expect.stringMatching(/^(?!.*stand-in).*\d{4}-\d\d-\d\d/)])
  }
})

it('occi help providers tells every persona that imitates a server, and no others', () => {
  const told = table('Servers').flatMap(([, persona = '']) =>
    [...persona.matchAll(/`([\w-]+)`/g)].map((match) => match[1]),
  )
  expect([...told].sort()).toEqual(
    personaNames()
      .filter((name) => !name.startsWith('occi-1'))
      .sort(),
  )
})
