/** Keystone v2.0, which OpenStack removed in Queens. Old sites and Synnefo still use it. */
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse, type Transport } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { type Dialect, type Project, requestWithToken } from './dialect.js'
import { describeIdentity, type Identity } from './identity.js'
import { type LoginAttempt, notKeystoneError, refusalError } from './refusals.js'
import { describeScope, type Scope } from './scope.js'
import { type KeystoneToken, tokenV2 } from './token.js'

interface V2Settings {
  readonly transport: Transport
  /** `https://host:5000/v2.0` */
  readonly url: string
  readonly identity: Identity
  readonly log: (step: string) => void
}

export function keystoneV2({ transport, url, identity, log }: V2Settings): Dialect {
  async function authenticate(auth: object, attempt: LoginAttempt): Promise<KeystoneToken> {
    const request: HttpRequest = {
      method: 'POST',
      url: `${url}/tokens`,
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'application/json'],
      ],
      body: JSON.stringify({ auth }),
    }
    const response = await transport.send(request)
    log(`POST ${bareUrl(request.url)} (${attempt.method}, ${attempt.scope}) answered ${response.status}`)
    // Synnefo answers 202, some proxies 203.
    if (response.status < 200 || response.status >= 300) throw refusalError(request, response, attempt)
    const token = tokenV2(response.body)
    if (token === undefined) throw notKeystoneError(request, response)
    return token
  }

  return {
    login(scope) {
      const attempt = { ...describeIdentity(identity), scope: describeScope(scope) }
      return authenticate({ ...identityBody(identity), ...tenantOf(scope) }, attempt)
    },
    rescope(token, project) {
      // Sends the tenant's name rather than its id, as rOCCI does, because OCCI sites with v2.0 accept this form.
      return authenticate(
        { token: { id: token }, tenantName: project.name },
        { method: 'token', subject: undefined, scope: `project ${project.name}` },
      )
    },
    // In v2.0 only administrators may inspect tokens.
    inspect: async () => undefined,
    async projects(token) {
      const request = requestWithToken(`${url}/tenants`, token.id)
      const response = await transport.send(request)
      log(`GET ${bareUrl(request.url)} answered ${response.status}`)
      return tenantsIn(request, response, token)
    },
    revoke: async () => log('v2.0 lets only administrators revoke tokens'),
  }
}

function identityBody(identity: Identity): object {
  switch (identity.method) {
    case 'password':
      if ('id' in identity.user)
        return { passwordCredentials: { userId: identity.user.id, password: identity.password } }
      return { passwordCredentials: { username: identity.user.name, password: identity.password } }
    case 'token':
      return { token: { id: identity.token } }
    case 'voms':
      // The client certificate is the identity (keystone-voms).
      return { voms: true }
    default:
      throw new AuthError(`Keystone v2.0 does not know the method ${identity.method}`, {
        hint: 'Use `keystone-version` 3, or a password, a token or a VOMS proxy.',
      })
  }
}

function tenantOf(scope: Scope): object {
  switch (scope.type) {
    case 'project-id':
      return { tenantId: scope.id }
    case 'project-name':
      return { tenantName: scope.name }
    case 'trust':
      return { trust_id: scope.id }
    case 'domain':
    case 'system':
      throw new AuthError(`Keystone v2.0 does not support this scope: ${describeScope(scope)}`, {
        hint: 'Use `keystone-version` 3, or `project`.',
      })
    default:
      return {}
  }
}

function tenantsIn(request: HttpRequest, response: HttpResponse, token: KeystoneToken): readonly Project[] {
  if (response.status !== 200) {
    throw refusalError(request, response, {
      method: 'token',
      subject: token.user?.name,
      scope: 'list of tenants',
    })
  }
  return listAt(parseJson(response.body), 'tenants').flatMap((tenant) => {
    const id = textAt(tenant, 'id')
    if (id === undefined || valueAt(tenant, 'enabled') === false) return []
    return [{ id, name: textAt(tenant, 'name') ?? id }]
  })
}
