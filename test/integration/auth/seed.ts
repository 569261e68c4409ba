/** What the tests find in Keystone, made through its API by the administrator. */
import { adminPassword } from './keystone-server.js'

export interface Seed {
  readonly domain: string
  readonly projects: Readonly<Record<'demo' | 'other', string>>
  readonly users: Readonly<Record<'demo' | 'two' | 'lonely' | 'mfa', string>>
  readonly credential: { readonly id: string; readonly secret: string }
  readonly trust: string
  /** Base32 secret of the one-time codes of `mfa`. */
  readonly totpSecret: string
  readonly occiUrl: string
}

export const passwordOf = (user: string) => `planted-${user}`

export async function seed(url: string): Promise<Seed> {
  const admin = await adminToken(url)
  const call = <T>(method: string, path: string, body?: object, token = admin) =>
    api<T>(url, method, path, token, body)
  const id = async (path: string, kind: string, body: object) =>
    (await call<Record<string, { id: string }>>('POST', path, { [kind]: body }))[kind]?.id ?? ''

  const domain = await id('/domains', 'domain', { name: 'egi' })
  const projects = {
    demo: await id('/projects', 'project', { name: 'demo', domain_id: domain }),
    other: await id('/projects', 'project', { name: 'other', domain_id: domain }),
  }
  const user = (name: string, more: object = {}) =>
    id('/users', 'user', { name, domain_id: domain, password: passwordOf(name), ...more })
  const users = {
    demo: await user('demo'),
    two: await user('two'),
    lonely: await user('lonely'),
    mfa: await user('mfa', {
      options: { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'totp']] },
    }),
  }
  const { roles } = await call<{ roles: { id: string; name: string }[] }>('GET', '/roles')
  const member = roles.find(({ name }) => name === 'member')?.id ?? ''
  const grant = (place: string) => call('PUT', `${place}/roles/${member}`)
  await grant(`/projects/${projects.demo}/users/${users.demo}`)
  await grant(`/projects/${projects.demo}/users/${users.two}`)
  await grant(`/projects/${projects.other}/users/${users.two}`)
  await grant(`/projects/${projects.demo}/users/${users.mfa}`)
  await grant(`/domains/${domain}/users/${users.demo}`)

  const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  await call('POST', '/credentials', { credential: { type: 'totp', blob: totpSecret, user_id: users.mfa } })

  const occiUrl = 'https://occi.example.org:8787/'
  const service = await id('/services', 'service', { name: 'occi', type: 'occi' })
  await call('POST', '/endpoints', {
    endpoint: { service_id: service, interface: 'public', url: occiUrl, region_id: 'RegionOne' },
  })

  await federation(call, id, domain, projects.demo, member)

  const own = await userToken(url, 'demo', projects.demo)
  const credential = await call<{ application_credential: { id: string } }>(
    'POST',
    `/users/${users.demo}/application_credentials`,
    { application_credential: { name: 'lab', secret: 'planted-appsecret' } },
    own,
  )
  const trust = await call<{ trust: { id: string } }>(
    'POST',
    '/OS-TRUST/trusts',
    {
      trust: {
        trustor_user_id: users.demo,
        trustee_user_id: users.two,
        project_id: projects.demo,
        impersonation: false,
        roles: [{ name: 'member' }],
      },
    },
    own,
  )
  return {
    domain,
    projects,
    users,
    credential: { id: credential.application_credential.id, secret: 'planted-appsecret' },
    trust: trust.trust.id,
    totpSecret,
    occiUrl,
  }
}

type Call = <T>(method: string, path: string, body?: object, token?: string) => Promise<T>

/** IdP `egi.eu`: `mapped` by the certificate's DN, `openid` by the subject, as fronts hand them on. */
async function federation(
  call: Call,
  id: (path: string, kind: string, body: object) => Promise<string>,
  domain: string,
  project: string,
  role: string,
): Promise<void> {
  const group = await id('/groups', 'group', { name: 'federated', domain_id: domain })
  await call('PUT', `/projects/${project}/groups/${group}/roles/${role}`)
  await call('PUT', '/OS-FEDERATION/identity_providers/egi.eu', { identity_provider: { enabled: true } })
  for (const [protocol, header] of [
    ['mapped', 'HTTP_X_CLIENT_DN'],
    ['openid', 'HTTP_X_OIDC_SUB'],
  ] as const) {
    const rules = [
      { local: [{ user: { name: '{0}' } }, { group: { id: group } }], remote: [{ type: header }] },
    ]
    await call('PUT', `/OS-FEDERATION/mappings/${protocol}`, { mapping: { rules } })
    const path = `/OS-FEDERATION/identity_providers/egi.eu/protocols/${protocol}`
    await call('PUT', path, { protocol: { mapping_id: protocol } })
  }
}

export async function adminToken(url: string): Promise<string> {
  const user = { name: 'admin', domain: { id: 'default' }, password: adminPassword }
  return token(url, user, { project: { name: 'admin', domain: { id: 'default' } } })
}

export function userToken(url: string, name: string, project: string): Promise<string> {
  return token(
    url,
    { name, domain: { name: 'egi' }, password: passwordOf(name) },
    { project: { id: project } },
  )
}

async function token(url: string, user: object, scope: object): Promise<string> {
  const auth = { identity: { methods: ['password'], password: { user } }, scope }
  const response = await fetch(`${url}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth }),
  })
  if (response.status !== 201) throw new Error(`no token: ${response.status} ${await response.text()}`)
  await response.text()
  return response.headers.get('X-Subject-Token') ?? ''
}

export async function api<T>(
  url: string,
  method: string,
  path: string,
  token: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${url}/v3${path}`, {
    method,
    headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? {} : JSON.parse(text)) as T
}
