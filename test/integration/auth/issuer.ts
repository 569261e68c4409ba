/** A real OpenID Connect issuer (oidc-provider) over TLS on loopback, and a person who uses its pages by script. */
import { request as ask, createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import type { Lab } from './x509/lab.js'

export const device = 'urn:ietf:params:oauth:grant-type:device_code'
export const secrets = {
  confidential: 'planted/s+cret:1',
  service: 'planted-service',
  sandbox: 'planted-rs',
  agent: 'planted-agent',
}

export interface IssuerSettings {
  /** Below the origin, such as `/realms/lab`; default none. */
  readonly path?: string
  /** Seconds that an access token lives. */
  readonly lifetime?: number
  /** Seconds that a device code lives. */
  readonly patience?: number
  /** More of oidc-provider's configuration. */
  readonly more?: object
  /** Answers a request in place of the issuer; `true` when it did. */
  readonly instead?: (asked: Asked) => Instead | undefined
  /** Milliseconds before the issuer gets to work on a request. */
  readonly delay?: (asked: Asked) => number
}

export interface Asked {
  readonly method: string
  readonly path: string
}

export interface Instead {
  readonly status: number
  readonly body: string
}

export interface Issuer {
  readonly url: string
  readonly origin: string
  /** Requests that arrived: `POST /realms/lab/token`. */
  readonly asked: string[]
  /** A form to one of its endpoints, as the client. */
  form(path: string, client: readonly [string, string], fields: Record<string, string>): Promise<Page>
  /** What the browser of a person does with the address of a device login. */
  confirm(address: string, login: string): Promise<void>
  decline(address: string): Promise<void>
  stop(): Promise<void>
}

export interface Page {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
}

export async function startIssuer(lab: Lab, settings: IssuerSettings = {}): Promise<Issuer> {
  const { path = '', lifetime = 3600, patience = 600, more = {}, instead, delay } = settings
  const asked: string[] = []
  const server: Server = createServer({ key: lab.read('server.key'), cert: lab.read('server.pem') })
  const origin = await listen(server)
  const provider = new Provider(`${origin}${path}`, {
    clients: clients(),
    features: {
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      registration: { enabled: true },
    },
    ttl: {
      AccessToken: lifetime,
      ClientCredentials: lifetime,
      DeviceCode: patience,
      RefreshToken: 3600,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      Session: 3600,
    },
    rotateRefreshToken: () => true,
    cookies: { keys: ['planted-cookie-key'] },
    ...more,
  })
  // Five seconds between the questions of a device login are usual, and long for a test.
  provider.use(async (context, next) => {
    await next()
    if (context.body?.device_code !== undefined) context.body.interval = 1
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    const target = request.url ?? '/'
    asked.push(`${request.method} ${target.split('?')[0]}`)
    const other = instead?.({ method: request.method ?? '', path: target })
    if (other !== undefined) {
      request.resume()
      response.writeHead(other.status, { 'Content-Type': 'application/json' }).end(other.body)
      return
    }
    if (path !== '' && target.startsWith(`${path}/`)) {
      Object.assign(request, { originalUrl: target, url: target.slice(path.length) })
    }
    const wait = delay?.({ method: request.method ?? '', path: target }) ?? 0
    if (wait === 0) void answer(request, response)
    else setTimeout(() => void answer(request, response), wait)
  })
  const browse = browser(lab.read('ca.pem'))
  return {
    url: `${origin}${path}`,
    origin,
    asked,
    form: (place, [id, secret], fields) => {
      const login = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')
      return browse().post(`${origin}${path}${place}`, fields, { Authorization: `Basic ${login}` })
    },
    confirm: (address, login) => confirm(browse(), address, login),
    decline: async (address) => {
      const window = browse()
      let page = await window.get(address)
      while (!page.body.includes('name="abort"')) page = await window.submit(page, {})
      await window.submit(page, { abort: 'yes' })
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function clients(): readonly object[] {
  const plain = { redirect_uris: [], response_types: [] }
  return [
    {
      client_id: 'occi-public',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: [device, 'refresh_token'],
      ...plain,
    },
    {
      client_id: 'occi:confidential',
      client_secret: secrets.confidential,
      grant_types: [device, 'refresh_token'],
      ...plain,
    },
    {
      client_id: 'occi-post',
      client_secret: secrets.confidential,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: [device, 'refresh_token', 'client_credentials'],
      ...plain,
    },
    // oidc-agent does not encode what RFC 6749 §2.3.1 has encoded.
    {
      client_id: 'agent',
      client_secret: secrets.agent,
      grant_types: [device, 'refresh_token'],
      ...plain,
    },
    {
      client_id: 'service',
      client_secret: secrets.service,
      grant_types: ['client_credentials'],
      ...plain,
    },
    { client_id: 'sandbox', client_secret: secrets.sandbox, grant_types: [], ...plain },
  ]
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The code, the login page, the page of consent: each form is sent as it stands, with what a person types. */
async function confirm(window: Window, address: string, login: string): Promise<void> {
  let page = await window.get(address)
  for (let step = 0; step < 6; step += 1) {
    if (/Sign-in Success/i.test(page.body)) return
    page = await window.submit(page, { login, password: 'anything' })
  }
  throw new Error(`the issuer does not come to an end: ${page.body.slice(0, 2000)}`)
}

interface Shown extends Page {
  readonly url: string
}

interface Window {
  get(url: string): Promise<Shown>
  post(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Shown>
  /** Sends the form of a page, with what is typed into the fields that it has (`abort` is a button). */
  submit(page: Shown, typed: Record<string, string>): Promise<Shown>
}

function browser(ca: string): () => Window {
  return () => {
    const cookies = new Map<string, string>()
    const send = async (url: string, body?: string, more: Record<string, string> = {}): Promise<Shown> => {
      const page = await exchange(url, { ca, cookies, body, more })
      if (page.location === undefined || page.status < 300 || page.status > 399) return page
      return send(new URL(page.location, url).href)
    }
    const post: Window['post'] = (url, fields, headers) =>
      send(url, new URLSearchParams(fields).toString(), headers)
    return {
      get: (url) => send(url),
      post,
      submit: (page, typed) => {
        const action = /<form[^>]*action="([^"]+)"/.exec(page.body)?.[1]
        if (action === undefined) throw new Error(`no form: ${page.status} ${page.body.slice(0, 2000)}`)
        const fields: Record<string, string> = {}
        for (const [tag] of page.body.matchAll(/<(?:input|button)[^>]*>/g)) {
          const name = /name="([^"]+)"/.exec(tag)?.[1]
          const value = /value="([^"]*)"/.exec(tag)?.[1]
          if (name === undefined) continue
          if (typed[name] !== undefined) fields[name] = typed[name]
          else if (value !== undefined && !tag.startsWith('<button')) fields[name] = value
        }
        return post(new URL(action.replaceAll('&amp;', '&'), page.url).href, fields)
      },
    }
  }
}

interface Sending {
  readonly ca: string
  readonly cookies: Map<string, string>
  readonly body: string | undefined
  readonly more: Readonly<Record<string, string>>
}

function exchange(url: string, { ca, cookies, body, more }: Sending): Promise<Shown> {
  const headers = {
    ...(cookies.size === 0
      ? {}
      : { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ...more,
  }
  return new Promise((resolve, reject) => {
    const request = ask(url, { method: body === undefined ? 'GET' : 'POST', ca, headers }, (response) => {
      for (const line of response.headers['set-cookie'] ?? []) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += String(chunk)
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body: text, url }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}
