import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

const sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
const bare = machine()

/** Status and the first line; never a stack trace, always one message that begins with our name. */
async function failing(words: string | readonly string[], more = {}, on = sandbox) {
  const { status, out, err } = await on.occi(words, more)
  expect(out).toBe('')
  expect(err).toMatch(/^occi: [^\n]+\n/)
  expect(err).not.toMatch(/\n\s+at .*\(/)
  return { status, err }
}

describe('wrong usage', () => {
  it.each([
    ['compute lst', 'Did you mean "list"?'],
    ['comptue list', 'Did you mean "compute"?'],
    ['compute list --ouput json', '--output'],
    ['compute list extra', 'Too many arguments'],
    ['compute list --watch 5s', 'Did you mean --watch=5s?'],
    ['compute list --color never', 'Did you mean --color=never?'],
    ['compute describe', 'NAME is missing'],
    ['compute create --os', '--os'],
    ['compute list --media-type text/html', 'text/plain'],
    ['compute list -o tabel', 'table'],
    ['--verison', '--version'],
    ['compute update web', 'nothing to change'],
    ['compute create a --title b --os debian-12', 'two titles'],
    ['compute wait web --for =', '--for'],
    ['compute list --timeout soon -e http://127.0.0.1:1', '--timeout'],
    ['compute list --header nonsense', '--header'],
  ])('occi %s ends with status 2', async (words, said) => {
    const { status, err } = await failing(words)
    expect(err).toContain(said)
    expect(status).toBe(2)
  })

  it('an unknown media type is refused, whether it comes from an option or a variable', async () => {
    const { status, err } = await failing('compute list', { env: { OCCI_MEDIA_TYPE: 'text/html' } })
    expect([status, err.includes('OCCI_MEDIA_TYPE')]).toEqual([2, true])
  })

  it('an unknown verb is refused even when the provider cannot be reached', async () => {
    const { status, err } = await failing('compute lst -e http://127.0.0.1:1')
    expect([status, err.includes('Did you mean "list"?')]).toEqual([2, true])
  })
})

describe('the endpoint', () => {
  it('the error for a missing endpoint names the three ways to give one', async () => {
    const { status, err } = await failing('compute list', {}, bare)
    expect(status).toBe(2)
    for (const way of ['--endpoint', 'OCCI_ENDPOINT', 'sandbox:']) expect(err).toContain(way)
  })

  it.each(['cloud.example.org', 'ftp://h/', 'https://', 'nonsense'])(
    '%s is refused as an endpoint',
    async (endpoint) => {
      expect(await failing(['compute', 'list', '-e', endpoint], {}, bare)).toMatchObject({ status: 2 })
    },
  )

  it('an endpoint with a password in it is refused without repeating it', async () => {
    const { status, err } = await failing('compute list -e https://ada:geheim@h/', {}, bare)
    expect([status, err.includes('geheim')]).toEqual([2, false])
  })

  it('an endpoint that does not answer is a network error', async () => {
    expect(await failing('compute list -e http://127.0.0.1:1/', {}, bare)).toMatchObject({ status: 10 })
  })
})

describe('a server that is not an OCCI provider', () => {
  let server: Server
  let url = ''
  const answers: Readonly<Record<string, readonly [number, string, string]>> = {
    html: [
      200,
      'text/html',
      '<!DOCTYPE html><html><head><title>Welcome</title></head><body>Hi</body></html>',
    ],
    missing: [404, 'text/plain', 'Not Found'],
    empty: [200, 'text/plain', ''],
    malformed: [200, 'text/plain', 'Category: compute; scheme="http://unclosed; class=kind\r\nnonsense'],
    json: [200, 'application/occi+json', '{"kinds": [}'],
    broken: [500, 'text/plain', 'Traceback (most recent call last)'],
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const name = request.url?.split('/')[1] ?? ''
      const [status, type, body] = answers[name] ?? [404, 'text/plain', '']
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it.each([
    ['html', [11]],
    ['missing', [6, 11]],
    ['empty', [11]],
    ['malformed', [11]],
    ['json', [11]],
    ['broken', [11]],
  ] as const)(
    'a server that is not an OCCI provider (%s) is reported with the documented status',
    async (path, statuses) => {
      const { status } = await failing(`model -e ${url}/${path}/ --auth none`, {}, bare)
      expect(statuses).toContain(status)
    },
  )

  it('with -o json the error about such a server is one JSON object', async () => {
    const { err, status } = await bare.occi(`model -o json -e ${url}/broken/ --auth none`)
    expect(JSON.parse(err)).toMatchObject({ error: { exit: status } })
  })
})

describe('input that does not fit the model', () => {
  it.each([
    ['compute create web --os debain-12 --size small', ['--os', 'debian-12']],
    ['compute create web --os debian-12 --size smoll', ['--size', 'small']],
    [
      'compute create web --os debian-12 --size small --attribute occi.compute.cores=many',
      ['occi.compute.cores'],
    ],
    [
      'compute create web --os debian-12 --size small --attribute occi.compute.coers=2',
      ['occi.compute.cores'],
    ],
    ['compute create web --os debian-12 --memory lots', ['--memory']],
    ['compute create web --os debian-12 --ssh-key /no/such/file', ['--ssh-key', '/no/such/file']],
    ['compute create web --os debian-12 --user-data /no/such/file', ['--user-data', '/no/such/file']],
    ['compute create web --os debian-12 --mixin nonsense', ['--mixin', 'nonsense', 'occi mixin list']],
    ['compute create web --os debian-12 --cores many', ['--cores', 'many', 'number']],
    ['compute create web --os debian-12 --attribute cores', ['--attribute', 'cores', 'occi.compute.cores=2']],
    ['compute create web --os debian-12 --attribute cores:=x', ['--attribute', 'JSON']],
    [
      'compute create web --os debian-12 --size small --wait --wait-timeout never',
      ['--wait-timeout', 'never', '30s'],
    ],
    ['storage create data', ['--size', 'occi.storage.size']],
    ['network create n --allocation often', ['--allocation', 'often', 'dynamic']],
    ['network create n --vlan many', ['--vlan', 'many']],
  ] as const)(
    'occi %s is refused, and the error names the option and what would fit',
    async (words, said) => {
      const { status, err } = await failing(words)
      for (const each of said) expect(err).toContain(each)
      expect(status).toBe(2)
    },
  )

  it('a private key given as --ssh-key is refused before it leaves the machine', async () => {
    const { status, err } = await failing('compute create web --os debian-12 --ssh-key -', {
      stdin: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n',
    })
    expect([status, err.includes('private key')]).toEqual([2, true])
  })

  it('two options that read standard input are refused together', async () => {
    const { status } = await failing('compute create web --os debian-12 --ssh-key - --user-data -', {
      stdin: 'ssh-ed25519 AAAA',
    })
    expect(status).toBe(2)
  })

  it('a name that does not exist ends with 6', async () => {
    expect(await failing('compute describe nothing')).toMatchObject({ status: 6 })
    expect(await failing('compute stop nothing')).toMatchObject({ status: 6 })
    expect(await failing('mixin describe nothing')).toMatchObject({ status: 6 })
    for (const option of ['--network', '--storage']) {
      const { status, err } = await failing(`compute create web --os debian-12 ${option} nothing`)
      expect([status, err.startsWith(`occi: ${option}`)]).toEqual([6, true])
    }
  })

  // As for one that fits none: an option that the model does not understand is wrong input.
  it('an image name that fits several images ends with 2 and lists them', async () => {
    const { status, err } = await failing('compute create web --os debian --size small')
    expect([status, err.startsWith('occi: --os')]).toEqual([2, true])
    expect(err).toContain('debian-13')
  })

  it('an action that the state does not allow ends with 7', async () => {
    await sandbox.occi('compute create idle --os debian-12 --size small --wait')
    await sandbox.occi('compute stop idle --wait')
    expect(await failing('compute suspend idle')).toMatchObject({ status: 7 })
  })
})

describe('standard output', () => {
  it('a closed standard output ends the command without a message', async () => {
    expect(await sandbox.occi('model', { outFails: 'EPIPE' })).toEqual({ status: 0, out: '', err: '' })
  })

  it('a standard output on a full disk is reported as an error', async () => {
    const { status, err } = await sandbox.occi('model', { outFails: 'ENOSPC' })
    expect([status, err]).toEqual([1, 'occi: The output could not be written: no space left on the device\n'])
  })
})
