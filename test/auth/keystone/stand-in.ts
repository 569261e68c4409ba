/**
 * A STAND-IN for Keystone, not the real one: its answers have the status, headers and shapes
 * that were measured with Keystone 22. v2.0 and keystorm exist only like this; the real
 * v3 is in test/integration/.
 */
import type { Answer, RecordedRequest } from '../../support/nock.js'

export interface StandIn {
  readonly base?: string
  readonly versions?: readonly ('v2.0' | 'v3')[]
  /** The self links' base, when it differs from the one that works. */
  readonly selfBase?: string
  readonly projects?: readonly { id: string; name: string; domain_id?: string; enabled?: boolean }[]
  readonly lifetime?: number
  readonly now?: () => Date
  readonly password?: string
  readonly catalog?: readonly unknown[]
  readonly mfa?: boolean
  /** Path of the federation that exists: `egi.eu/mapped`. */
  readonly federation?: string
  readonly federationMethods?: readonly string[]
  readonly defaultProject?: string
  readonly override?: (request: RecordedRequest) => Answer | undefined
}

const json = (status: number, body: unknown, headers: Answer['headers'] = []): Answer => ({
  status,
  headers: [['Content-Type', 'application/json'], ...headers],
  body: JSON.stringify(body),
})
const html404: Answer = {
  status: 404,
  headers: [['Content-Type', 'text/html; charset=utf-8']],
  body: '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>',
}

export function keystoneStandIn(settings: StandIn = {}) {
  const base = settings.base ?? 'https://k.example:5000'
  const versions = settings.versions ?? ['v3']
  const projects = settings.projects ?? [{ id: 'p1', name: 'demo', domain_id: 'egi-id' }]
  const now = settings.now ?? (() => new Date())
  const tokens = new Map<
    string,
    { project?: string; expires: number; domain?: boolean; system?: boolean; credential?: boolean }
  >()
  let serial = 0

  const error = (code: number, message: string, more: object = {}) =>
    json(
      code,
      { error: { code, message, title: 'x', ...more } },
      code === 401 ? [['WWW-Authenticate', `Keystone uri="${base}/v3"`]] : [],
    )
  const refused = () => error(401, 'The request you have made requires authentication.')
  const entry = (id: 'v2.0' | 'v3') => ({
    id: id === 'v3' ? 'v3.14' : 'v2.0',
    status: 'stable',
    links: [{ rel: 'self', href: `${settings.selfBase ?? base}/${id}/` }],
  })
  const valid = (token: string | undefined) => {
    const found = token === undefined ? undefined : tokens.get(token)
    return found !== undefined && found.expires > now().getTime() ? found : undefined
  }

  function issue(scope: { project?: string; domain?: boolean; system?: boolean; credential?: boolean }) {
    serial += 1
    const id = `TOKEN-${serial}`
    const expires = now().getTime() + (settings.lifetime ?? 3600) * 1000
    tokens.set(id, { ...scope, expires })
    return id
  }

  function describe(id: string) {
    const found = tokens.get(id)
    const project = projects.find((candidate) => candidate.id === found?.project)
    return {
      token: {
        methods: ['password'],
        user: { id: 'u1', name: 'demo', domain: { id: 'egi-id', name: 'egi' } },
        expires_at: new Date(found?.expires ?? 0).toISOString(),
        issued_at: now().toISOString(),
        ...(project === undefined
          ? {}
          : { project: { id: project.id, name: project.name, domain: { name: 'egi' } } }),
        ...(found?.domain ? { domain: { id: 'egi-id', name: 'egi' } } : {}),
        ...(found?.system ? { system: { all: true } } : {}),
        roles: project === undefined ? [] : [{ id: 'r', name: 'member' }],
        catalog: settings.catalog ?? [],
      },
    }
  }
  const issued = (id: string) => json(201, describe(id), [['X-Subject-Token', id]])

  function scoped(scope: unknown, more: { credential?: boolean } = {}): Answer {
    const wanted = scope as
      | undefined
      | 'unscoped'
      | { project?: { id?: string; name?: string; domain?: object }; domain?: object; system?: object }
    if (wanted === 'unscoped') return issued(issue({ ...more }))
    if (wanted === undefined)
      return issued(
        issue({
          ...more,
          ...(settings.defaultProject === undefined ? {} : { project: settings.defaultProject }),
        }),
      )
    if (wanted.domain !== undefined) return issued(issue({ domain: true }))
    if (wanted.system !== undefined) return issued(issue({ system: true }))
    const { project } = wanted
    if (project?.name !== undefined && project.domain === undefined)
      return error(400, 'Expecting to find domain in project.')
    const found = projects.find(
      ({ id, name }) => id === project?.id || (project?.id === undefined && name === project?.name),
    )
    return found === undefined ? refused() : issued(issue({ project: found.id }))
  }

  function v3Tokens(request: RecordedRequest): Answer {
    if (request.method !== 'POST') {
      const subject = request.header('X-Subject-Token') ?? ''
      if (valid(request.header('X-Auth-Token')) === undefined) return refused()
      if (request.method === 'DELETE') {
        tokens.delete(subject)
        return { status: 204 }
      }
      return json(200, describe(subject), [['X-Subject-Token', subject]])
    }
    const { auth } = JSON.parse(request.body) as {
      auth: { identity: Record<string, never> & { methods: string[] }; scope?: unknown }
    }
    const identity = auth.identity as unknown as {
      methods: string[]
      password?: { user: { id?: string; name?: string; domain?: object; password: string } }
      token?: { id: string }
      totp?: { user: { id?: string; name?: string; passcode: string } }
      application_credential?: { id?: string; name?: string; secret: string; user?: { name: string } }
    }
    const methods = identity.methods
    if (methods.includes('application_credential')) {
      if (auth.scope !== undefined) {
        return error(
          401,
          'Error authenticating with application credential: Application credentials cannot request a scope.',
          { identity: {} },
        )
      }
      if (identity.application_credential?.secret !== 'appsecret') return refused()
      return issued(issue({ project: 'p1', credential: true }))
    }
    if (methods.includes('token')) {
      const old = valid(identity.token?.id)
      if (old === undefined) return error(404, 'Could not recognize Fernet token')
      if (old.credential)
        return error(
          403,
          'Using a delegated token to create another token is not allowed for the requested action.',
        )
      return scoped(auth.scope)
    }
    const receipt = request.header('Openstack-Auth-Receipt')
    if (methods.includes('totp') && !methods.includes('password')) {
      if (identity.totp?.user.passcode !== '123456' || (settings.mfa && receipt !== 'RECEIPT'))
        return refused()
      return scoped(auth.scope)
    }
    if (methods.includes('password')) {
      const user = identity.password?.user
      if (user?.id === undefined && user?.domain === undefined)
        return error(400, 'Expecting to find domain in user.')
      if (user.password !== (settings.password ?? 'planted-password')) return refused()
      if (settings.mfa && !methods.includes('totp')) {
        return json(
          401,
          {
            receipt: { methods: ['password'], user: { id: 'u1' } },
            required_auth_methods: [['password', 'totp']],
          },
          [['Openstack-Auth-Receipt', 'RECEIPT']],
        )
      }
      return scoped(auth.scope)
    }
    return error(401, 'Attempted to authenticate with an unsupported method.', {
      identity: { methods: ['password', 'token'] },
    })
  }

  function v2(path: string, request: RecordedRequest): Answer {
    const tenants = projects.map(({ id, name, enabled }) => ({ id, name, enabled: enabled ?? true }))
    if (path === '/tenants') {
      return valid(request.header('X-Auth-Token')) === undefined
        ? refused()
        : json(200, { tenants, tenants_links: [] })
    }
    if (path !== '/tokens' || request.method !== 'POST') return html404
    const { auth } = JSON.parse(request.body) as {
      auth: {
        passwordCredentials?: { username: string; password: string }
        token?: { id: string }
        voms?: boolean
        tenantName?: string
        tenantId?: string
      }
    }
    if (auth.passwordCredentials && auth.passwordCredentials.password !== 'planted-password') return refused()
    if (auth.token && valid(auth.token.id) === undefined) return refused()
    const tenant = tenants.find(({ id, name }) => id === auth.tenantId || name === auth.tenantName)
    if ((auth.tenantName !== undefined || auth.tenantId !== undefined) && tenant === undefined)
      return refused()
    const id = issue({ ...(tenant === undefined ? {} : { project: tenant.id }) })
    return json(202, {
      access: {
        token: {
          id,
          expires: new Date(tokens.get(id)?.expires ?? 0).toISOString(),
          ...(tenant ? { tenant } : {}),
        },
        user: { id: 'u1', username: 'demo', roles: [{ name: 'member' }] },
        serviceCatalog: settings.catalog ?? [],
      },
    })
  }

  function answer(request: RecordedRequest): Answer {
    const special = settings.override?.(request)
    if (special !== undefined) return special
    if (!request.url.startsWith(base)) return html404
    const path = new URL(request.url).pathname.slice(new URL(base).pathname.replace(/\/$/, '').length)
    if (path === '/' || path === '') {
      return json(300, { versions: { values: versions.map(entry) } }, [['Location', `${base}/v3/`]])
    }
    if (path.startsWith('/v2.0') && versions.includes('v2.0')) {
      return path === '/v2.0' || path === '/v2.0/'
        ? json(200, { version: entry('v2.0') })
        : v2(path.slice(5), request)
    }
    if (!path.startsWith('/v3') || !versions.includes('v3')) return html404
    if (path === '/v3' || path === '/v3/') return json(200, { version: entry('v3') })
    if (path === '/v3/auth/tokens') return v3Tokens(request)
    if (path === '/v3/auth/projects') {
      return valid(request.header('X-Auth-Token')) === undefined
        ? refused()
        : json(200, { projects, links: { next: null } })
    }
    if (
      path ===
      `/v3/OS-FEDERATION/identity_providers/${(settings.federation ?? '').replace('/', '/protocols/')}/auth`
    ) {
      if (!(settings.federationMethods ?? ['POST', 'GET']).includes(request.method))
        return { status: 405, body: '{"message":"no"}' }
      return issued(issue({}))
    }
    return html404
  }

  return { answer, tokens, base }
}
