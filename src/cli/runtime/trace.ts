/** `-v` and `--trace`: writes exchanges to standard error or to a file. */

import { appendFileSync, writeFileSync } from 'node:fs'
import { formatBytes } from '../../basics/amounts.js'
import { UsageError } from '../../errors/errors.js'
import { unreadableReason } from '../../files/index.js'
import type { TraceEvent } from '../../transport/index.js'
import { sanitize } from '../output/index.js'
import type { Observer } from '../runtime.js'

/** One line for each exchange: `GET https://… 200 OK, 34 ms`. */
export function verboseObserver(write: (line: string) => void): Observer {
  const started = new Map<number, TraceEvent & { type: 'request' }>()
  return (event) => {
    if (event.type === 'request') {
      started.set(event.id, event)
      return
    }
    const request = started.get(event.id)
    started.delete(event.id)
    const what = request === undefined ? '' : `${request.method} ${request.url}${proxyText(request)} `
    const took = request === undefined ? '' : `, ${Math.round(event.at - request.at)} ms`
    const answer = event.type === 'error' ? event.message : `${event.status} ${event.reason}`
    write(sanitize(`${what}→ ${answer}${took}`))
    if (event.type === 'response') for (const each of event.tolerated) write(sanitize(`  tolerated: ${each}`))
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
  mark: string,
  { body = '', omitted, unread }: { body?: string; omitted?: number; unread?: true },
  write: (line: string) => void,
): void {
  if (body !== '') {
    write(mark)
    for (const line of body.split('\n')) write(sanitize(`${mark} ${line}`))
  }
  if (omitted !== undefined) write(`${mark} … ${formatBytes(omitted)} not shown`)
  if (unread === true) write(`${mark} … the rest was not read`)
}

/**
 * Truncates the file and makes it readable by its owner only. Throws UsageError. A line that cannot be written (on a
 * full disk) ends the trace with one call of `onFailure`; the request continues, since it may have changed something.
 */
export function traceFile(path: string, onFailure: (message: string) => void): (line: string) => void {
  try {
    writeFileSync(path, '', { mode: 0o600 })
  } catch (cause) {
    throw new UsageError(`--trace: ${path} cannot be written`, {
      hint: 'Name another file, or none for standard error.',
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
