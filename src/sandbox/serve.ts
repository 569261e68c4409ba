/** Serves the sandbox over HTTP or HTTPS on loopback. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { type HeaderPair, isSafeMethod } from '../basics/http.js'
import { UsageError } from '../errors/errors.js'
import { maxBody } from './http/read.js'
import { practiceHeader } from './practice-header.js'
import type { Sandbox, SandboxRequest, SandboxResponse } from './types.js'

/** Where a practice cloud listens, and which faults it simulates. */
export interface ServeSettings {
  /** Default 0: any free port. */
  readonly port?: number
  /** 127.0.0.1 (default), ::1 or localhost. Other hosts are refused. */
  readonly host?: string
  /** Base path of the endpoint: '' or '/occi1.1'. */
  readonly basePath?: string
  /** Delay of each response in milliseconds. Default 0. */
  readonly latency?: number
  /** Share of requests, from 0 to 1, that are answered with 503 without being carried out. Default 0. */
  readonly failing?: number
  /** Carries out each request with an unsafe method, but closes the connection instead of answering. */
  readonly dropsAnswers?: boolean
  /** Returns a random number from 0 (inclusive) to 1 (exclusive), for `failing`. Default: Math.random. */
  readonly random?: () => number
  /**
   * Key and certificate of the server, and the authority that must have issued the client's certificate. All in PEM.
   */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string }
}

export interface SandboxServer {
  /** `http://127.0.0.1:PORT/`, with the base path and a final slash. */
  readonly endpoint: string
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves the sandbox over HTTP until `close` is called. Throws UsageError for a host that is not loopback or a port
 * that is taken.
 */
export async function serveSandbox(sandbox: Sandbox, settings: ServeSettings = {}): Promise<SandboxServer> {
  const { port = 0, host = '127.0.0.1', basePath = '', tls } = settings
  if (!loopback.has(host)) {
    throw new UsageError(`The sandbox listens on loopback only, not on ${host}`, {
      hint: 'Use 127.0.0.1 or ::1.',
    })
  }
  // Large and many headers must be accepted, because text/occi carries entities and collections in headers.
  const limits = { maxHeaderSize: 16 * 1024 * 1024, keepAlive: true }
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void respond(sandbox, request, response, settings)
  const server =
    tls === undefined
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, ...tls, requestCert: true, rejectUnauthorized: true }, listener)
  // 0: no limit.
  server.maxHeadersCount = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)))
    server.listen(port, host, resolve)
  })
  const boundPort = (server.address() as AddressInfo).port
  const urlHost = host === '::1' ? '[::1]' : host
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://${urlHost}:${boundPort}${basePath}/`,
    port: boundPort,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await sandbox.close()
    },
  }
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

async function respond(
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  { latency = 0, failing = 0, dropsAnswers = false, random = Math.random, tls }: ServeSettings,
): Promise<void> {
  try {
    const scheme = tls === undefined ? 'http' : 'https'
    const received: SandboxRequest = { ...(await readRequest(request)), scheme }
    const result = failing > 0 && random() < failing ? simulatedFailure : await sandbox.handle(received)
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency))
    if (dropsAnswers && !isSafeMethod(received.method)) {
      request.socket.destroy()
      return
    }
    const answer = { ...result, headers: [...result.headers, [practiceHeader, 'occi-sandbox'] as const] }
    if (answer.wire === undefined) send(response, answer, request.method ?? 'GET')
    else sendRaw(request.socket, answer, request.method ?? 'GET')
  } catch {
    // Usually the client has closed the connection, so that no response can be sent.
    request.socket.destroy()
  }
}

const simulatedFailure: SandboxResponse = {
  status: 503,
  reason: 'Service Unavailable',
  headers: [['Content-Type', 'text/plain']],
  body: 'The sandbox simulates a failure (--fail).',
}

/** Reads a request. Drops the rest of a body once it exceeds the limit, so that the sandbox refuses it. */
async function readRequest(request: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBody + chunk.length) chunks.push(chunk)
  }
  const headers: HeaderPair[] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index] ?? '', decodeHeaderValue(request.rawHeaders[index + 1] ?? '')])
  }
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function send(response: ServerResponse, answer: SandboxResponse, method: string): void {
  const body = Buffer.from(answer.body, 'utf8')
  const rawHeaders: string[] = []
  for (const [name, value] of answer.headers) rawHeaders.push(name, encodeHeaderValue(value))
  if (answer.status !== 204 && method !== 'HEAD') rawHeaders.push('Content-Length', String(body.length))
  response.writeHead(answer.status, encodeHeaderValue(answer.reason), rawHeaders)
  response.end(method === 'HEAD' ? undefined : body)
}

/** Sends a response that node:http cannot send: HTTP/1.0, or a repeated Content-Length. */
function sendRaw(socket: Socket, answer: SandboxResponse, method: string): void {
  const body = Buffer.from(answer.body, 'utf8')
  const version = answer.wire?.http10 === true ? '1.0' : '1.1'
  const lines = [`HTTP/${version} ${answer.status} ${encodeHeaderValue(answer.reason)}`]
  for (const [name, value] of answer.headers) lines.push(`${name}: ${encodeHeaderValue(value)}`)
  lines.push(`Date: ${new Date().toUTCString()}`)
  if (answer.status !== 204) lines.push(`Content-Length: ${body.length}`)
  if (answer.wire?.duplicateContentLength === true) lines.push(`Content-length: ${body.length}`)
  lines.push('Connection: close', '', '')
  socket.write(lines.join('\r\n'), 'latin1')
  if (method !== 'HEAD') socket.write(body)
  socket.end()
}

/** Decodes a header value as UTF-8 if possible. Node decodes the bytes as Latin-1. */
function decodeHeaderValue(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return value
  }
}

function encodeHeaderValue(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') {
    return new UsageError(`Port ${port} on ${host} is taken`, {
      cause: error,
      hint: 'Choose another port with --port.',
    })
  }
  return new UsageError(`The sandbox cannot listen on ${host}:${port} (${code})`, { cause: error })
}
