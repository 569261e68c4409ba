/** `occi login` on a terminal: asks what is lacking, tries it, and keeps it as a context. */

import { keystoneUri, missingCertificate, parseChallenges } from '../../auth/index.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Setting, Settings } from '../../config/types.js'
import { AuthError, OcciError, UsageError } from '../../errors/errors.js'
import { environmentName } from '../../settings/names.js'
import { isUntrusted } from '../../settings/trust.js'
import { redactUrl } from '../../transport/index.js'
import type { CommandContext, Login, LoginOptions } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import { endpointFor, endpointOf } from '../runtime/endpoint.js'
import { storeInKeyring } from '../runtime/keyring.js'
import { givenSecret, keyringAccount, passwordFromStdin } from '../runtime/secrets.js'
import { withSettings } from './context/context-settings.js'
import { settingsGiven } from './context/setting-options.js'

/** What the user has answered: settings, and secrets by the name of their option. */
interface Answers {
  readonly settings: Record<string, string>
  readonly secrets: Record<string, string>
  /** The context of the command with the answers so far, and more settings. */
  context(more?: Readonly<Record<string, string>>): Promise<CommandContext>
}

/** Where a password may be kept. */
export const secretPlaces = ['keyring', 'file', 'no'] as const
type SecretPlace = (typeof secretPlaces)[number]

interface KeptLogin {
  /** To be closed by the caller. */
  readonly session: Login
  /** What became of it, as sentences. */
  readonly words: string
}

/** Throws UsageError for what is lacking where nobody can be asked. */
export async function logInAndKeep(
  context: CommandContext,
  logIn: (there: CommandContext, options: LoginOptions) => Promise<Login>,
): Promise<KeptLogin> {
  const given = await settingsGiven(context, ['save-as', 'keep-password'])
  const usual = await context.settingsFor(await allDefinitions())
  const own = usual.setting('endpoint')?.origin === 'context' ? usual.context : undefined
  const settings: Record<string, string> = {}
  // The user name and the method of a context are not meant for another endpoint.
  const choice =
    own === undefined && !context.options.isSet('context') ? ({ context: 'none' } as const) : undefined
  const answers: Answers = {
    settings,
    secrets: {},
    context: (more = {}) => withSettings(context, { ...settings, ...more }, choice),
  }
  if (own !== undefined && context.streams.interactive) {
    const endpoint = redactUrl(usual.get('endpoint') ?? '')
    await context.progress.note(
      `Logging in to the context "${own}", ${endpoint}; another cloud is named by --endpoint.`,
    )
  }
  await askEndpoint(context, answers)
  const { type: at } = await endpointFor(await answers.context())
  if (at === 'recording') throw new UsageError('A recording cannot be kept as a login', { at: '--endpoint' })
  if (at !== 'sandbox') {
    await askMethod(context, answers)
    await askAccount(context, answers)
  }
  const session = await tryIt(context, answers, async () =>
    logIn(await answers.context(), { secrets: answers.secrets }),
  )
  try {
    const words = await keep(context, answers, { given, session, own, needsLogin: at !== 'sandbox' })
    return { session, words }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** An address from the working folder counts when the user has seen and confirmed it. */
async function askEndpoint(context: CommandContext, answers: Answers): Promise<void> {
  const { settings } = answers
  const all = await (await answers.context()).settingsFor(await allDefinitions())
  const named = all.setting('endpoint')
  if (named !== undefined && named.value.trim() !== '' && !isUntrusted(named)) return
  const elsewhere = (name: string) =>
    (all.get(name) ?? '') !== '' && !isUntrusted(all.setting(name) as Setting)
  if (named === undefined && (elsewhere('auth-url') || elsewhere('os-cloud'))) return
  for (;;) {
    const source = named === undefined ? '' : `, as ${named.source} says`
    const answer = await context.prompts.text(
      {
        message: `Endpoint of the cloud${source || ', a URL; "sandbox:" is for practice'}`,
        alternative: 'Give --endpoint URL; "sandbox:" is a practice cloud on this machine.',
      },
      named?.value,
    )
    try {
      settings['endpoint'] = answer.trim()
      endpointOf((await answers.context()).settings)
      return
    } catch (error) {
      if (!(error instanceof UsageError) || !context.streams.interactive) throw error
      await context.warn([error.message, error.hint].join('. '))
    }
  }
}

interface Method {
  readonly auth: string
  readonly label: string
}

const methods: readonly Method[] = [
  { auth: 'basic', label: 'user name and password' },
  { auth: 'digest', label: 'user name and password (digest)' },
  { auth: 'keystone', label: 'OpenStack Keystone' },
  { auth: 'x509', label: 'certificate or VOMS proxy' },
  { auth: 'oidc', label: 'OpenID Connect, in a browser' },
  { auth: 'token', label: 'a token that you have' },
  { auth: 'none', label: 'no login' },
]

/** Settings that show what somebody wants to log in with; then `auto` chooses. */
const telling = [
  ...[
    'username',
    'user-id',
    'token',
    'token-command',
    'user-cert',
    'user-cred',
    'voms',
    'auth-url',
    'os-cloud',
  ],
  ...[
    'application-credential-id',
    'application-credential-name',
    'access-token',
    'oidc-issuer',
    'oidc-account',
  ],
]

async function askMethod(context: CommandContext, answers: Answers): Promise<void> {
  const { settings } = answers
  const all = await (await answers.context()).settingsFor(await allDefinitions())
  if ((all.get('auth') ?? 'auto') !== 'auto' || telling.some((name) => (all.get(name) ?? '') !== '')) return
  if (!context.streams.interactive) return
  const { offered, keystone } = await offeredBy(context, await answers.context({ auth: 'none' }))
  const choices = methods.filter(({ auth }) => offered.includes(auth))
  const [only] = choices
  settings['auth'] =
    choices.length === 1 && only !== undefined
      ? only.auth
      : await context.prompts.select(
          { message: 'How do you log in?', alternative: 'Give --auth METHOD.' },
          choices.map(({ auth, label }) => ({ value: auth, label, hint: auth })),
        )
  if (choices.length === 1 && only !== undefined)
    await context.progress.note(`The server asks for: ${only.label}`)
  if (settings['auth'] !== 'keystone') return
  settings['auth-url'] = (
    await context.prompts.text({ message: 'URL of Keystone', alternative: 'Give --auth-url URL.' }, keystone)
  ).trim()
}

/** By what the server answers to somebody who sends nothing. */
async function offeredBy(
  context: CommandContext,
  there: CommandContext,
): Promise<{ readonly offered: readonly string[]; readonly keystone?: string }> {
  context.progress.show('Asking the server how to log in')
  const session = await context.login(() => {}, {}, there)
  const request = { method: 'GET', url: `${session.endpoint.replace(/\/*$/, '/')}-/`, headers: [] } as const
  try {
    const response = await session.client?.raw({ method: 'GET', path: request.url })
    if (response === undefined || missingCertificate(request, response) !== undefined)
      return { offered: ['x509'] }
    const challenges = parseChallenges(response.headers)
    const schemes = new Set(challenges.map(({ scheme }) => scheme))
    const keystone = keystoneUri(challenges)
    const offered = [
      ...['basic', 'digest', 'keystone'].filter((scheme) => schemes.has(scheme)),
      ...(schemes.has('snf-auth') ? ['keystone'] : []),
      ...(schemes.has('bearer') ? ['oidc', 'token'] : []),
    ]
    if (offered.length > 0) return { offered, ...omitUndefined({ keystone }) }
    const https = request.url.startsWith('https:') ? ['x509'] : []
    if (response.status === 401 || response.status === 403)
      return { offered: [...https, 'keystone', 'oidc', 'token', 'basic'] }
    return { offered: ['none', 'basic', ...https, 'keystone', 'oidc', 'token'] }
  } catch (error) {
    if (missingCertificate(request, error) !== undefined) return { offered: ['x509'] }
    throw error
  } finally {
    await context.progress.stop()
    await session.close()
  }
}

async function askAccount(context: CommandContext, answers: Answers): Promise<void> {
  const { settings, secrets } = answers
  const there = await answers.context()
  const all = await there.settingsFor(await allDefinitions())
  const has = (...names: readonly string[]) => names.some((name) => (all.get(name) ?? '') !== '')
  const text = async (name: string, message: string, initial?: string) => {
    if (has(name)) return
    const answer = await context.prompts.text({ message, alternative: `Give --${name}.` }, initial)
    if (answer.trim() !== '') settings[name] = answer.trim()
  }
  switch (all.get('auth') ?? 'auto') {
    case 'basic':
    case 'digest':
      await text('username', 'User name')
      break
    case 'keystone':
      if (
        !has(
          'username',
          'user-id',
          'application-credential-id',
          'token',
          'token-command',
          'voms',
          'oidc-issuer',
        )
      )
        await askKeystoneAccount(context, text)
      break
    case 'x509':
      if (!has('user-cert', 'user-cred')) await askCertificate(context, settings)
      return
    case 'oidc':
      await text('oidc-issuer', 'URL of the issuer')
      await text('oidc-client-id', 'Client id')
      return
    case 'token':
      if (!has('token', 'token-command')) await askSecret(context, there, secrets, 'token', 'Token')
      return
    default:
  }
  const now = await (await answers.context()).settingsFor(await allDefinitions())
  if ((now.get('application-credential-id') ?? '') !== '')
    await askSecret(
      context,
      there,
      secrets,
      'application-credential-secret',
      'Secret of the application credential',
    )
  else if ((now.get('username') ?? now.get('user-id') ?? '') !== '' && !mayBeOther(now))
    await askSecret(
      context,
      there,
      secrets,
      'password',
      `Password of ${now.get('username') ?? now.get('user-id')}`,
    )
}

/** Whether something else than a password may be meant beside the user name. */
function mayBeOther(settings: Settings): boolean {
  return ['token', 'token-command', 'passcode', 'access-token', 'oidc-issuer', 'auth-type'].some(
    (name) => (settings.get(name) ?? '') !== '' && settings.get(name) !== 'password',
  )
}

async function askKeystoneAccount(
  context: CommandContext,
  text: (name: string, message: string, initial?: string) => Promise<void>,
): Promise<void> {
  const how = await context.prompts.select(
    { message: 'With what?', alternative: 'Give --username or --application-credential-id.' },
    [
      { value: 'password', label: 'user name and password' },
      { value: 'application-credential', label: 'application credential' },
    ],
  )
  if (how === 'application-credential')
    return text('application-credential-id', 'Id of the application credential')
  await text('username', 'User name')
  await text('user-domain', 'Domain of the user', 'Default')
}

/** Offers the files that lie in the usual places; without a terminal the first counts, as for any other command. */
async function askCertificate(context: CommandContext, settings: Record<string, string>): Promise<void> {
  const { environment, fileMode, home } = context.runtime
  const globus = `${home}/.globus`
  const uid = process.getuid?.()
  const places = [
    { file: environment('X509_USER_PROXY') },
    { file: environment('X509_USER_CERT'), key: environment('X509_USER_KEY') },
    ...(uid === undefined ? [] : [{ file: `/tmp/x509up_u${uid}` }]),
    { file: `${globus}/usercred.pem` },
    { file: `${globus}/usercert.pem`, key: `${globus}/userkey.pem` },
    { file: `${globus}/usercred.p12` },
  ]
  const found: { readonly file: string; readonly key?: string | undefined }[] = []
  for (const { file, ...more } of places)
    if (file !== undefined && (await fileMode(file)) !== undefined) found.push({ file, ...more })
  const chosen =
    found.length === 0 || !context.streams.interactive
      ? found[0]
      : await context.prompts.select<(typeof found)[number] | undefined>(
          { message: 'Which certificate?', alternative: 'Give --user-cert FILE.' },
          [
            ...found.map((each) => ({ value: each, label: each.file })),
            { value: undefined, label: 'another file' },
          ],
        )
  if (chosen === undefined) {
    const question = {
      message: 'File of the certificate (PEM, PKCS#12 or proxy)',
      alternative: 'Give --user-cert FILE.',
    }
    const file = (await context.prompts.text(question)).trim().replace(/^~(?=\/)/, home)
    settings['user-cert'] = context.runtime.resolvePath(file)
    return
  }
  settings['user-cert'] = context.runtime.resolvePath(chosen.file)
  if (chosen.key !== undefined && chosen.key !== '')
    settings['user-key'] = context.runtime.resolvePath(chosen.key)
}

/** A secret that was given by a variable, file or command is neither asked for nor kept. */
async function askSecret(
  context: CommandContext,
  there: CommandContext,
  secrets: Record<string, string>,
  name: string,
  message: string,
): Promise<void> {
  if (name === 'password' && context.options.isSet('password-stdin')) {
    secrets[name] = await passwordFromStdin(context)
    return
  }
  const all = await there.settingsFor(await allDefinitions())
  if ((await givenSecret(there, all, name).catch(noKeyringYet)) !== undefined) return
  secrets[name] = await context.prompts.password({ message, alternative: `Set ${environmentName(name)}.` })
}

/** The keyring has nothing before the first login, and may lack the user name that is asked for here. */
function noKeyringYet(error: unknown): undefined {
  if (error instanceof UsageError && error.at === '--keyring') return undefined
  throw error
}

/** A mistyped secret is asked for again. */
async function tryIt(context: CommandContext, answers: Answers, logIn: () => Promise<Login>): Promise<Login> {
  for (let attempt = 1; ; attempt += 1) {
    let session: Login | undefined
    try {
      session = await logIn()
      await session.verify()
      return session
    } catch (error) {
      await session?.close()
      const [name] = Object.keys(answers.secrets)
      const again =
        error instanceof AuthError && name !== undefined && attempt < 3 && context.streams.interactive
      if (!again || context.options.isSet('password-stdin')) throw error
      await context.warn(`${error.message}. Try again, or end with Ctrl-C`)
      answers.secrets[name] = await context.prompts.password({ message: 'Once more', alternative: '' })
    }
  }
}

interface Success {
  readonly given: Readonly<Record<string, string>>
  readonly session: Login
  /** The context that the login belongs to already. */
  readonly own: string | undefined
  readonly needsLogin: boolean
}

/** Returns what was kept and where, as sentences. */
async function keep(
  context: CommandContext,
  answers: Answers,
  { given, session, own, needsLogin }: Success,
): Promise<string> {
  const { settings, secrets } = answers
  const all = await (await answers.context()).settingsFor(await allDefinitions())
  const contexts = context.runtime.contexts(await allDefinitions())
  const { contexts: known } = await contexts.read()
  const name = own ?? (await contextName(context, session.endpoint, new Set(known.map((each) => each.name))))
  const [secret] = Object.keys(secrets)
  const place = secret === undefined ? undefined : await secretPlace(context, all, secret)
  if (secret === undefined && ['file', 'keyring'].includes(context.options.text('keep-password') ?? '')) {
    await context.warn(
      '--keep-password kept nothing: it is for a password that is asked for or comes by --password-stdin',
    )
  }
  const account = place === 'keyring' ? keyringAccount(all) : undefined
  if (account !== undefined)
    storeInKeyring(await context.runtime.keyring(), account, secrets['password'] ?? '')
  const { password: _, ...options } = given
  const stored: Record<string, string | undefined> = {
    ...(own === undefined ? await fromEnvironment(all) : {}),
    ...options,
    ...settings,
    ...(account === undefined ? {} : { keyring: 'true' }),
    ...(place === 'file' && secret !== undefined ? { [secret]: secrets[secret] } : {}),
  }
  if (own === undefined && known.some((each) => each.name === name)) await contexts.remove(name)
  await contexts.set(name, stored as Record<string, string>)
  await contexts.use(name)
  const overruled = context.runtime.environment('OCCI_CONTEXT')
  if (overruled !== undefined && overruled !== '' && overruled !== name)
    await context.warn(`OCCI_CONTEXT is set to ${overruled} in this shell and takes precedence`)
  const inUse = `Context "${name}" is in use: occi compute list`
  return needsLogin
    ? `${keptWords(session, secret, place)}\n${inUse}`
    : `The practice cloud needs no login.\n${inUse}`
}

function keptWords(
  { credentials }: Login,
  secret: string | undefined,
  place: SecretPlace | undefined,
): string {
  const { subject, method } = credentials.describe()
  const who = subject ?? 'You'
  const what = secret === 'password' ? 'password' : secret === 'token' ? 'token' : 'secret'
  if (place === 'keyring') return `Logged in as ${who}; the password is in the keyring of this system.`
  if (place === 'file')
    return `Logged in as ${who}; the ${what} is in the configuration, readable by you only.`
  if (credentials.forget !== undefined) {
    const until = place === 'no' ? `, and the ${what} is not: when the token ends, it is asked for again` : ''
    return `Logged in as ${who}; the token is kept${until}.`
  }
  if (place === 'no') return `The provider lets ${who} in. The ${what} is not kept: each command asks for it.`
  return `The provider lets ${who} in${method === 'x509' ? ', by the certificate in its file' : ''}.`
}

/** What took part in the login and would be missing in another shell. Secrets stay where they are. */
async function fromEnvironment(all: Settings): Promise<Record<string, string>> {
  const kept: Record<string, string> = {}
  for (const { name, sensitivity, transient } of await allDefinitions()) {
    const setting = all.setting(name)
    if (setting?.origin !== 'environment' || sensitivity === 'secret' || transient === true) continue
    if (loginSettings.test(name)) kept[name] = setting.value
  }
  return kept
}

const loginSettings =
  /^(endpoint|auth(-url|-type)?|username|user-.*|project.*|domain.*|default-domain.*|system-scope|trust-id|region|interface|os-cloud|ca-.*|identity-provider|protocol|oidc-.*|application-credential-(id|name)|voms|keystone-version|password-file|password-command|token-command)$/

async function contextName(
  context: CommandContext,
  endpoint: string,
  known: ReadonlySet<string>,
): Promise<string> {
  const asked = context.options.text('save-as')
  if (asked !== undefined) return asked
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : ''
  const usual =
    endpoint === 'sandbox:' ? 'practice' : /^[a-z]/i.test(host) ? (host.split('.')[0] ?? '') : 'cloud'
  let free = usual
  for (let count = 2; known.has(free); count += 1) free = `${usual}-${count}`
  const name = (
    await context.prompts.text(
      { message: 'Keep it as a context named', alternative: 'Give --save-as NAME.' },
      free,
    )
  ).trim()
  if (known.has(name))
    await context.prompts.confirm({
      message: `Replace the context "${name}"?`,
      alternative: 'Give another name.',
    })
  return name
}

async function secretPlace(context: CommandContext, all: Settings, secret: string): Promise<SecretPlace> {
  const asked = secretPlaces.find((place) => place === context.options.text('keep-password'))
  if (asked === 'keyring' && secret !== 'password') {
    throw new UsageError(`The keyring keeps passwords, and not a ${secret}`, { at: '--keep-password' })
  }
  if (asked !== undefined) return asked
  if (all.on('keyring') && secret === 'password') return 'keyring'
  if (!context.streams.interactive) return 'no'
  const what = secret === 'password' ? 'password' : 'secret'
  const keyring = secret === 'password' && (await hasKeyring(context, all))
  return context.prompts.select<SecretPlace>(
    { message: `Where is the ${what} kept?`, alternative: 'Give --keep-password.' },
    [
      ...(keyring ? [{ value: 'keyring' as const, label: 'in the keyring of this system' }] : []),
      { value: 'file', label: 'in the configuration file, readable by you only' },
      { value: 'no', label: 'nowhere: each login asks for it' },
    ],
  )
}

async function hasKeyring(context: CommandContext, all: Settings): Promise<boolean> {
  try {
    ;(await context.runtime.keyring()).get(keyringAccount(all))
    return true
  } catch (error) {
    if (error instanceof OcciError) return false
    throw error
  }
}
