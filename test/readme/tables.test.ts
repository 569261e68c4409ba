import { expect, it } from 'vitest'
import { authMethods } from '../../src/auth/index.js'
import { isGroup } from '../../src/cli/command.js'
import { commandEntries } from '../../src/cli/commands/index.js'
import { personaNames } from '../../src/sandbox/index.js'
import { readme } from '../integration/readme/place.js'

/** Cells of the rows of the first table of a section. */
function table(section: string): readonly (readonly string[])[] {
  const start = readme.indexOf(`\n## ${section}\n`)
  expect(start).toBeGreaterThan(0)
  const lines = readme.slice(start, readme.indexOf('\n## ', start + 1)).split('\n')
  return lines
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
}

it('the README lists every command with its verbs, and no others', async () => {
  const expected = await Promise.all(
    commandEntries
      .filter(({ hidden }) => hidden !== true)
      .map(async ({ name, load }) => {
        const loaded = await load()
        const verbs = isGroup(loaded)
          ? loaded.commands.filter(({ hidden }) => hidden !== true).map(({ path }) => `\`${path.at(-1)}\``)
          : []
        return [`\`occi ${name}\``, verbs.join(', ')]
      }),
  )
  expect(table('Commands').map(([name, verbs]) => [name, verbs])).toEqual(expected)
})

it('the README lists every authentication method, and no others', () => {
  const told = table('Logging in').map(([name = '']) => name.replaceAll('`', '').split(',')[0] ?? '')
  expect([...new Set(told)].sort()).toEqual(
    [...authMethods.filter((method) => method !== 'auto'), 'npm:PACKAGE'].sort(),
  )
})

it('the README says when and with what each login was tried, and only Keystone v2.0 was tried with a stand-in', () => {
  for (const [name = '', , tried = ''] of table('Logging in')) {
    if (name === '`keystone`, v2.0') expect(tried).toContain('stand-in')
    else expect([name, tried]).toEqual([name, expect.stringMatching(/^(?!.*stand-in).*\d{4}-\d\d-\d\d/)])
  }
})

it('the README lists every persona that imitates a server, and no others', () => {
  const told = table('Providers').flatMap(([, , persona = '']) =>
    [...persona.matchAll(/`([\w-]+)`/g)].map((match) => match[1]),
  )
  expect([...told].sort()).toEqual(
    personaNames()
      .filter((name) => !name.startsWith('occi-1'))
      .sort(),
  )
})

it('the README says in three lines what occi is, and shows how to begin in two commands', () => {
  const [, what = ''] = readme.split('\n\n')
  expect(what.split('\n')).toHaveLength(3)
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm ci && npm test')
})
