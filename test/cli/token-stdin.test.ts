import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

let server: Server
let endpoint = ''
const tokens: (string | undefined)[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    tokens.push(request.headers['x-auth-token'] as string | undefined)
    response.writeHead(200, { 'content-type': 'text/plain' }).end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

describe('--token-stdin', () => {
  it.each(['', ' --auth token'])(
    '--token-stdin sends the token of standard input, with%s',
    async (method) => {
      tokens.length = 0
      await machine().occi(`api GET /-/ --token-stdin${method} -e ${endpoint}`, { stdin: 's3cret\n' })
      expect(new Set(tokens)).toEqual(new Set(['s3cret']))
    },
  )

  it('--token-stdin needs a token and excludes other ways to give one', async () => {
    const { occi } = machine()
    expect(await occi(`api GET /-/ --token-stdin -e ${endpoint}`)).toMatchObject({
      status: 2,
      err: expect.stringContaining('Standard input contains no token'),
    })
    expect(await occi(`api GET /-/ --token-stdin --token x -e ${endpoint}`, { stdin: 'y' })).toMatchObject({
      status: 2,
      err: expect.stringContaining('cannot be used together'),
    })
  })
})

describe('--connect-timeout', () => {
  it('--connect-timeout is a duration', async () => {
    expect(await machine().occi(`api GET /-/ --connect-timeout soon -e ${endpoint}`)).toMatchObject({
      status: 2,
      err: expect.stringContaining('--connect-timeout'),
    })
    const { status } = await machine().occi(`api GET /-/ --connect-timeout 2s -e ${endpoint}`)
    expect(status).toBe(0)
  })
})
