/**
 * Refuses each attempt to reach anything but loopback, and writes it to the file that LOOPBACK_ONLY names:
 * test/setup.ts loads this into the test process, and by NODE_OPTIONS into the programs that tests start. It stands
 * below the sockets of Node, where nock's mocked connections do not come. Installers that tests run are let through.
 */
const { appendFileSync } = require('node:fs')
const { isIP } = require('node:net')

const installer = /[\\/](npm|npx)(-cli)?(\.js)?$/.test(process.argv[1] ?? '')
const mark = Symbol.for('loopback-only')

if (process.env.LOOPBACK_ONLY !== undefined && !installer && globalThis[mark] === undefined) {
  globalThis[mark] = true
  const { UV_ECONNREFUSED } = process.binding('uv')
  /** libuv's EAI_NONAME: there is no such name. */
  const noName = -3008
  // Test files share a process, and each has a file of its own.
  const note = (what) =>
    appendFileSync(process.env.LOOPBACK_ONLY, `${what} (${process.argv.slice(1, 8).join(' ')})\n`)
  const isLoopback = (address) => /^(::1|::|0\.0\.0\.0|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(address)

  const { TCP } = process.binding('tcp_wrap')
  for (const name of ['connect', 'connect6']) {
    const connect = TCP.prototype[name]
    TCP.prototype[name] = function (request, address, port, ...more) {
      if (isLoopback(address)) return connect.call(this, request, address, port, ...more)
      note(`tcp ${address}:${port}`)
      return UV_ECONNREFUSED
    }
  }

  const { UDP } = process.binding('udp_wrap')
  for (const name of ['send', 'send6', 'connect', 'connect6']) {
    const original = UDP.prototype[name]
    UDP.prototype[name] = function (...args) {
      const address = args.find((each) => typeof each === 'string')
      if (address === undefined || isLoopback(address)) return original.apply(this, args)
      note(`udp ${address}`)
      return UV_ECONNREFUSED
    }
  }

  const resolver = process.binding('cares_wrap')
  const { getaddrinfo } = resolver
  resolver.getaddrinfo = (request, name, ...more) => {
    if (name === '' || name === 'localhost' || isIP(name) !== 0) return getaddrinfo(request, name, ...more)
    note(`the name ${name}`)
    return noName
  }
}
