import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commandEntries } from '../../src/cli/commands/index.js'
import { topics } from '../../src/cli/help/topics.js'
import { story } from '../../src/cli/tour/story.js'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

it('the README says in three lines what occi is, and shows a picture', () => {
  const [, what = '', picture = ''] = readme.split('\n\n')
  expect(what.split('\n')).toHaveLength(3)
  expect(picture).toMatch(/^!\[.+\]\(\.github\/tour\.svg\)$/)
})

it('the README has one command that takes the tour and one that runs the tests', () => {
  expect(readme).toContain('\nnpm ci && npm start\n')
  expect(readme).toContain('\nnpm ci && npm test\n')
})

it("the README's sections stand in the order of a new user", () => {
  expect([...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
    'Install',
    'Take the tour',
    'Log in',
    'The happy path',
    'In scripts',
    'In TypeScript',
    'Where to go from here',
  ])
})

it('the README can be read in five minutes', () => {
  expect(readme.split('\n').length).toBeLessThan(200)
})

it('the README and the documents of help name only topics and commands that exist', () => {
  const known = new Set([...commandEntries, ...topics].map(({ name }) => name))
  const documents = ['cookbook', 'ci', 'stacks', 'providers', 'migrating', 'troubleshooting'].map((name) =>
    readFileSync(join(root, `src/cli/help/${name}.md`), 'utf8'),
  )
  const named = [readme, ...documents].flatMap((text) =>
    [...text.matchAll(/`occi help ([\w-]+)`/g)].map(([, topic = '']) => topic),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((topic) => !known.has(topic))).toEqual([])
})

it('the picture of the tour shows its commands (else: npm run docs:tour)', () => {
  // Each word is an element of its own.
  const shown = readFileSync(join(root, '.github/tour.svg'), 'utf8').replaceAll(/<[^>]*>|\s/g, '')
  expect(story.filter(({ title }) => !shown.includes(`#${title.replaceAll(' ', '')}`))).toEqual([])
})
