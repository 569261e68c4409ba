import { describe, expect, it, onTestFinished } from 'vitest'
import { openSandbox, type ServeSettings, serveSandbox } from '../../src/sandbox/index.js'

async function serve(settings: ServeSettings) {
  const { sandbox } = openSandbox({ clock: Date.now, speed: 0 })
  const served = await serveSandbox(sandbox, settings)
  onTestFinished(() => served.close())
  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, served.endpoint), init)
  const volume = {
    method: 'POST',
    headers: {
      'content-type': 'text/occi',
      category: 'storage; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
      'x-occi-attribute': 'occi.storage.size=1.0, occi.core.title="data"',
    },
  }
  const volumes = async () => (await (await ask('storage/')).text()).match(/X-OCCI-Location/g)?.length ?? 0
  return { ask, volume, volumes }
}

describe('trouble on demand', () => {
  it('trouble 503 answers the given share of requests with 503, and does not carry them out', async () => {
    const dice = [0.05, 0.5, 0.09, 0.1, 0.99]
    const { ask, volume, volumes } = await serve({ failing: 0.1, random: () => dice.shift() ?? 0.99 })
    const answers = []
    for (let count = 0; count < 5; count += 1) answers.push(await ask('storage/', volume))
    expect(answers.map(({ status }) => status)).toEqual([503, 201, 503, 201, 201])
    expect(await answers[0]?.text()).toBe('The sandbox simulates a failure (--fail).')
    expect(await volumes()).toBe(3)
  })

  it('trouble drop carries out a change whose answer it drops, and answers reads', async () => {
    const { ask, volume, volumes } = await serve({ dropsAnswers: true })
    await expect(ask('storage/', volume)).rejects.toThrow('fetch failed')
    expect(await volumes()).toBe(1)
  })

  it('each answer tells clients on this machine that the server is a practice cloud', async () => {
    const { ask } = await serve({ failing: 0.5, random: () => (Math.random() < 0.5 ? 0 : 1) })
    for (const path of ['-/', 'nothing/here', 'compute/', '-/', '-/'])
      expect((await ask(path)).headers.get('x-practice-cloud')).toBe('occi-sandbox')
  })
})
