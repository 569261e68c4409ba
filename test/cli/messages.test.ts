import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

function sandbox() {
  const { occi } = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  return occi
}

describe('messages', () => {
  it('messages do not suggest an attribute that the kind does not have', async () => {
    const { status, err } = await sandbox()('compute create web --os debian-12 --attribute nonsense=1')
    expect([status, err]).toEqual([2, expect.stringContaining('has no attribute nonsense')])
    expect(err).not.toMatch(/Use --attribute/)
  })

  it('messages name an unlinked resource as the user named it', async () => {
    const occi = sandbox()
    await occi('compute create web --os debian-12 --size small --wait')
    await occi('storage create data --size 1 --wait')
    const { status, err } = await occi('compute unlink web data')
    expect([status, err]).toEqual([6, expect.stringMatching(/\bweb\b.*\bdata\b|\bdata\b.*\bweb\b/)])
    expect(err.split('\n')[0]).not.toContain('http')
  })

  it('messages show a curl command that names the given user, and no variable that is not set', async () => {
    const { sandbox: cloud, basePath } = openSandbox({ clock: Date.now })
    const { endpoint, close } = await serveSandbox(cloud, { basePath })
    try {
      const { occi } = machine({ env: { OCCI_ENDPOINT: endpoint, OCCI_PASSWORD: 'secret' } })
      const { out, err } = await occi('compute list --curl --auth basic --username jane')
      expect([out, err]).toEqual([expect.stringMatching(/^curl .*\n.*'jane:'"\$OCCI_PASSWORD"/), ''])
      expect(out).not.toContain('OCCI_USERNAME')
    } finally {
      await close()
    }
  })
})
