/** `-v` and `--trace`: writes exchanges to standard error or to a file. */

import { appendFileSync, writeFileSync } from 'node:fs'
import { formatBytes } from '../../basics/amounts.js'
import { UsageError } from '../../errors/errors.js'
import { unreadableReason } from '../../files/index.js'
import type { TraceEvent } from '../../transport/index.js'
import { sanitize } from '../output/index.js'
import type { Observer } from '../runtime.js'

/** Writes one line for each exchange: `GET https://… → 200 OK, 34 ms`. */
export function verboseObserver(write: (line: string) => void): Observer {
  const pendingRequests = new Map<number, TraceEvent & { type: 'request' }>()
  return (event) => {
    if (event.type === 'request') {
      pendingRequests.set(event.id, event)
      return
    }
    const request = pendingRequests.get(event.id)
    pendingRequests.delete(event.id)
    const requestText = request === undefined ? '' : `${request.method} ${request.url}${proxyText(request)} `
    const durationText = request === undefined ? '' : `, ${Math.round(event.at - request.at)} ms`
    const resultText = event.type === 'error' ? event.message : `${event.status} ${event.reason}`
    write(sanitize(`${requestText}→ ${resultText}${durationText}`))
    if (event.type === 'response')
      for (const deviation of event.tolerated) write(sanitize(`  tolerated: ${deviation}`))
  }
}

/** Writes complete exchanges. The events must not contain secrets. */
export function fullObserver(write: (line: string) => void): Observer {
  return (event) => {
    switch (event.type) {
      case 'request':
        write(sanitize(`> ${event.method} ${event.url}${proxyText(event)}`))
        for (const [name, value] of event.headers) write(sanitize(`> ${name}: ${value}`))
        writeBody('>', event, write)
        break
      case 'response':
        write(sanitize(`< ${event.status} ${event.reason}`))
        for (const [name, value] of event.headers) write(sanitize(`< ${name}: ${value}`))
        writeBody('<', event, write)
        break
      case 'error':
        write(sanitize(`! ${event.message}`))
    }
  }
}

function proxyText({ proxy }: TraceEvent & { type: 'request' }): string {
  return proxy === undefined ? '' : ` (via proxy ${proxy})`
}

function writeBody(
  prefix: string,
  { body = '', omitted, unread }: { body?: string; omitted?: number; unread?: true },
  write: (line: string) => void,
): void {
  if (body !== '') {
    write(prefix)
    for (const line of body.split('\n')) write(sanitize(`${prefix} ${line}`))
  }
  if (omitted !== undefined) write(`${prefix} … ${formatBytes(omitted)} not shown`)
  if (unread === true) write(`${prefix} … the rest was not read`)
}

/**
 * Creates or truncates the file, and returns a function that appends a line. Only the owner can read a new file.
 * Throws UsageError if the file cannot be written. If a line cannot be written (on a full disk), the trace ends with
 * one call of `onFailure`; the request continues, since it may have changed something.
 */
export function traceFile(path: string, onFailure: (message: string) => void): (line: string) => void {
  try {
    writeFileSync(path, '', { mode: 0o600 })
  } catch (cause) {
    throw new UsageError(`--trace: ${path} cannot be written`, {
      hint: 'Use another file, or --trace without one for standard error.',
      at: '--trace',
      cause,
    })
  }
  let hasFailed = false
  return (line) => {
    if (hasFailed) return
    try {
      appendFileSync(path, `${line}\n`)
    } catch (error) {
      hasFailed = true
      onFailure(`--trace: ${path} is incomplete: ${unreadableReason(error)}`)
    }
  }
}
