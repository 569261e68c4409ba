/**
 * Refuses every connection and look-up beyond loopback, and logs it to the file in LOOPBACK_ONLY. test/setup.ts loads
 * this into the test process, and with NODE_OPTIONS into programs that tests start. It patches Node below its sockets,
 * so connections that nock mocks do not reach it. npm and npx, which tests run, are exempt.
 */
const { appendFileSync } = require('node:fs')
const { isIP } = require('node:net')

const installer = /[\\/](npm|npx)(-cli)?(\.js)?$/.test(process.argv[1] ?? '')
const mark = Symbol.for('loopback-only')

if (process.env.LOOPBACK_ONLY !== undefined && !installer && globalThis[mark] === undefined) {
  globalThis[mark] = true
  const { UV_ECONNREFUSED } = process.binding('uv')
  /** EAI_NONAME of libuv: the name does not exist. */
  const noName = -3008
  // LOOPBACK_ONLY is read each time, because test files share a process and each has its own log.
  const log = (what) =>
    appendFileSync(process.env.LOOPBACK_ONLY, `${what} (${process.argv.slice(1, 8).join(' ')})\n`)
  const isLoopback = (address) => /^(::1|::|0\.0\.0\.0|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(address)

  const { TCP } = process.binding('tcp_wrap')
  for (const name of ['connect', 'connect6']) {
    const connect = TCP.prototype[name]
    TCP.prototype[name] = function (request, address, port, ...more) {
      if (isLoopback(address)) return connect.call(this, request, address, port, ...more)
      log(`tcp ${address}:${port}`)
      return UV_ECONNREFUSED
    }
  }

  const { UDP } = process.binding('udp_wrap')
  for (const name of ['send', 'send6', 'connect', 'connect6']) {
    const original = UDP.prototype[name]
    UDP.prototype[name] = function (...args) {
      const address = args.find((each) => typeof each === 'string')
      if (address === undefined || isLoopback(address)) return original.apply(this, args)
      log(`udp ${address}`)
      return UV_ECONNREFUSED
    }
  }

  const resolver = process.binding('cares_wrap')
  const { getaddrinfo } = resolver
  resolver.getaddrinfo = (request, name, ...more) => {
    if (name === '' || name === 'localhost' || isIP(name) !== 0) return getaddrinfo(request, name, ...more)
    log(`the name ${name}`)
    return noName
  }
}
