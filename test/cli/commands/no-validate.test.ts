import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

describe('--no-validate', () => {
  it('the error for what the model forbids names --no-validate, and with it the request is sent', async () => {
    const { occi } = machine()
    const refused = await occi('compute create web --attribute occi.compute.cores=many --endpoint sandbox:')
    expect(refused.status).toBe(2)
    expect(refused.err).toContain('--no-validate')
    expect(refused.err).not.toContain('answered')
    const sent = await occi(
      'compute create web --attribute occi.compute.cores=many --no-validate --endpoint sandbox:',
    )
    expect(sent.err).toContain('answered 400')
  })

  it.each([
    'compute update NAME --attribute occi.compute.cores=many',
    'compute replace NAME --attribute occi.compute.cores=many',
    'compute stop NAME --attribute speed=2',
    'compute link NAME /network/none --attribute nothing.like.it=1',
  ])('--no-validate is an option of occi %s', async (line) => {
    const { occi } = machine()
    const name = (await occi('compute create web -o url --endpoint sandbox:')).out.trim()
    const words = `${line.replace('NAME', name)} --endpoint sandbox:`
    expect((await occi(words)).err).toContain('--no-validate')
    expect((await occi(`${words} --no-validate`)).err).not.toContain('--no-validate')
  })
})
