import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProject } from '../../src/config/index.js'
import { definitions, temporaryFolder } from './place.js'

function tree(text: string) {
  const home = temporaryFolder()
  const cwd = join(home, 'src', 'deep')
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(home, 'src', '.occi.yaml'), text)
  return { home, cwd, definitions, isTrusted: () => false }
}

describe('readProject', () => {
  it('readProject finds the nearest file above and reads its settings as text', async () => {
    const place = tree('# here\nendpoint: http://a.example\ncontext: lab\noutput: json\nauth: ~\n')
    expect(await readProject(place)).toEqual({
      file: join(place.home, 'src', '.occi.yaml'),
      settings: { endpoint: 'http://a.example', context: 'lab', output: 'json' },
      trusted: false,
    })
  })

  it('readProject refuses a project file that is a loop of links, with a message', async () => {
    const place = tree('endpoint: http://a.example')
    symlinkSync('.occi.yaml', join(place.cwd, '.occi.yaml'))
    await expect(readProject(place)).rejects.toMatchObject({
      name: 'ConfigError',
      message: `Cannot read ${join(place.cwd, '.occi.yaml')}: its symbolic links form a loop.`,
    })
  })

  it('readProject names the line of a repeated key', async () => {
    await expect(readProject(tree('output: json\noutput: yaml\n'))).rejects.toMatchObject({
      message: expect.stringContaining('contains a key twice: line 2, column 1.'),
      hint: 'Remove one of the two.',
    })
  })

  it('readProject does not look above the home folder', async () => {
    const outer = tree('endpoint: http://a.example')
    expect(await readProject({ ...outer, home: outer.cwd })).toBeUndefined()
  })

  it('readProject does not look above the home folder when HOME ends with a slash or is a link', async () => {
    const outer = tree('endpoint: http://a.example')
    const link = join(temporaryFolder(), 'home')
    symlinkSync(outer.cwd, link)
    for (const home of [`${outer.cwd}/`, `${outer.cwd}//.`, link, `${link}/`]) {
      expect(await readProject({ ...outer, home })).toBeUndefined()
    }
  })

  it.each([
    ['a link to an endless device', (file: string) => symlinkSync('/dev/zero', file), /it is a device/],
    ['a pipe', (file: string) => void execFileSync('mkfifo', [file]), /it is a pipe/],
    ['a folder', (file: string) => void mkdirSync(file), /it is a folder/],
  ])('readProject reports that %s is not a project file, and looks no further', async (_, make, words) => {
    const place = tree('endpoint: http://a.example')
    make(join(place.cwd, '.occi.yaml'))
    await expect(readProject(place)).rejects.toThrow(words)
  })

  // Guarantee: strangers-files
  it('readProject skips a file that belongs to another user', async () => {
    const place = tree('endpoint: http://a.example')
    const uid = process.getuid?.() ?? 0
    expect(await readProject({ ...place, uid })).toBeDefined()
    if (uid !== 0) expect(await readProject({ ...place, uid: uid + 1 })).toBeUndefined()
  })

  // Guarantee: strangers-files
  it.each([
    ['password: hunter2', /password is not allowed in a project file: it is a secret/],
    ['endpiont: x', /"endpiont" is not a setting/],
    ['yes: true', /"yes" is not a setting/],
    ['my-token: x', /is a secret/],
    ['endpoint: [a]', /endpoint must be a single value/],
    ['- a', /must contain settings/],
    ['endpoint: sandbox:', /is not valid YAML: line 1, column 11\.$/],
    ['endpoint: "x\n\ny: [', /is not valid YAML: line \d+, column \d+\.$/],
  ])('readProject refuses %j', async (text, message) => {
    const attempt = readProject(tree(text))
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.not.toThrow(/hunter2/)
  })

  it('readProject reads keys within keys in linear time', async () => {
    await expect(readProject(tree('? '.repeat(400)))).rejects.toThrow('it is nested too deeply')
    await expect(readProject(tree('? {a: b}\n: c'))).rejects.toThrow('a key is not plain text')
  })

  it('readProject reads nested aliases within its limits', async () => {
    const levels = Array.from({ length: 12 }, (_, at) =>
      at === 0
        ? 'a0: &a0 [x,x]'
        : `a${at}: &a${at} [${Array(9)
            .fill(`*a${at - 1}`)
            .join(',')}]`,
    )
    await expect(readProject(tree(levels.join('\n')))).rejects.toThrow('too many aliases')
  })

  it('readProject reads an empty file as no settings', async () => {
    expect((await readProject(tree('')))?.settings).toEqual({})
  })
})
