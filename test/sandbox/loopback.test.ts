/** The guard of all tests (support/loopback-only.cjs) does what it is for. */
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, it } from 'vitest'

/** What was written of attempts, which is forgotten, so that this test does not fail for them. */
function attempts(): string {
  const file = process.env['LOOPBACK_ONLY'] ?? ''
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  rmSync(file, { force: true })
  return text
}

const failure = (host: string) =>
  new Promise((resolve) => connect({ host, port: 9 }).once('error', (error) => resolve(String(error))))

it.each([
  ['an address', () => failure('203.0.113.1'), 'tcp 203.0.113.1:9'],
  ['an address of IPv6', () => failure('2001:db8::1'), 'tcp 2001:db8::1:9'],
  ['a name', () => failure('cloud.example.org'), 'the name cloud.example.org'],
  ['a name that is only looked up', () => lookup('cloud.example.org').catch(() => {}), 'the name cloud'],
  ['a request of fetch', () => fetch('http://203.0.113.1/').catch(() => {}), 'tcp 203.0.113.1:80'],
  [
    'a datagram',
    () =>
      new Promise<void>((done) => {
        const socket = createSocket('udp4')
        socket.send('x', 9, '203.0.113.1', () => socket.close(done))
      }),
    'udp 203.0.113.1',
  ],
  [
    'a child with an environment of its own',
    () => new Promise((done) => spawn(process.execPath, ['-e', child], { env: {} }).once('close', done)),
    'tcp 203.0.113.1:9',
  ],
  [
    'a child that is waited for',
    async () => execFileSync(process.execPath, ['-e', child], { env: {} }),
    'tcp 203.0.113.1:9',
  ],
])('%s outside of loopback is blocked and recorded', async (_, reach, noticed) => {
  await reach()
  expect(attempts()).toContain(noticed)
})

const child = `require('net').connect({ host: '203.0.113.1', port: 9 }).on('error', () => {})`

it('loopback is reached and not recorded', async () => {
  expect(await failure('127.0.0.1')).toContain('ECONNREFUSED 127.0.0.1:9')
  expect(attempts()).toBe('')
})
