import { describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

const env = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'planted', OCCI_TOKEN: 'planted' }
/** Reserved for documentation (RFC 2606), so it has no address: nothing is sent. */
const elsewhere = 'http://cloud.invalid/'
const warning =
  /connection to cloud\.invalid is not encrypted: anybody on the way can read the (password|token)/g

async function said(words: string, terminal: boolean): Promise<string> {
  const { err } = await machine({ env }).occi(`${words} --retries 0`, { terminal })
  return err
}

describe('a secret over plain http', () => {
  it.each(['basic', 'token'])('is warned of once on a terminal: --auth %s', async (method) => {
    const err = await said(`compute list -e ${elsewhere} --auth ${method}`, true)
    expect(err.match(warning)).toHaveLength(1)
    expect(err).not.toContain('--insecure')
    expect(err).not.toContain('planted')
  })

  it.each([
    [`compute list -e ${elsewhere} --auth basic`, false],
    ['compute list -e http://127.0.0.1:1/ --auth basic', true],
    ['compute list -e https://cloud.invalid/ --auth basic', true],
    [`compute list -e ${elsewhere} --auth none`, true],
  ])('is not warned of where nothing is to be said: occi %s (terminal: %s)', async (words, terminal) => {
    expect(await said(words, terminal)).not.toMatch(warning)
  })
})
