/** `occi login`: asks for missing settings, logs in, and saves endpoint and login as a context. */

import {
  type CredentialsDescription,
  keystoneUri,
  missingCertificate,
  parseChallenges,
} from '../../auth/index.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Setting, SettingDefinition, Settings } from '../../config/types.js'
import { AuthError, OcciError, UsageError } from '../../errors/errors.js'
import { environmentName } from '../../settings/names.js'
import { isUntrusted } from '../../settings/trust.js'
import { redactUrl } from '../../transport/index.js'
import type { CommandContext, Login, LoginOptions } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import { endpointFor, endpointOf } from '../runtime/endpoint.js'
import { storeInKeyring } from '../runtime/keyring.js'
import { configuredSecret, keyringAccount, passwordFromStdin } from '../runtime/secrets.js'
import { withSettings } from './context/context-settings.js'
import { settingsInOptions } from './context/setting-options.js'

/** What the user has entered: settings, and secrets by the name of their option. */
interface Answers {
  readonly settings: Record<string, string>
  readonly secrets: Record<string, string>
  /** The context of the command with these answers and further settings. */
  context(extraSettings?: Readonly<Record<string, string>>): Promise<CommandContext>
}

/** Where a password or another secret may be kept. */
export const secretStores = ['keyring', 'file', 'no'] as const
type SecretStore = (typeof secretStores)[number]

interface SavedLogin {
  /** The caller closes it. */
  readonly session: Login
  /** What was saved and where, as sentences. */
  readonly message: string
}

/**
 * Asks for missing settings, logs in and saves the login as a context. Throws UsageError for a missing setting if
 * the user cannot be asked, and the errors of `logIn`.
 */
export async function logInAndSave(
  context: CommandContext,
  logIn: (context: CommandContext, options: LoginOptions) => Promise<Login>,
): Promise<SavedLogin> {
  // A password among the options is not saved with them: chooseStore decides later whether and where to keep it.
  const { password: _, ...optionSettings } = await settingsInOptions(context, [
    'save-as',
    'keep-password',
    'password',
  ])
  const currentSettings = await context.settingsFor(await allDefinitions())
  const address = ['endpoint', 'auth-url', 'os-cloud']
    .map((name) => currentSettings.setting(name))
    .find((setting) => setting !== undefined)
  const sourceContext = address?.origin === 'context' ? currentSettings.context : undefined
  const settings: Record<string, string> = {}
  // If the endpoint does not come from the context in use, neither do the user name and method, unless --context is
  // given.
  const choice =
    sourceContext === undefined && !context.options.commandLine().has('context')
      ? ({ context: 'none' } as const)
      : undefined
  const answers: Answers = {
    settings,
    secrets: {},
    context: (extraSettings = {}) => withSettings(context, { ...settings, ...extraSettings }, choice),
  }
  if (sourceContext !== undefined && context.streams.interactive) {
    await context.progress.note(
      `Logging in to the context "${sourceContext}", ${redactUrl(address?.value ?? '')}; use --endpoint for another cloud.`,
    )
  }
  await askEndpoint(context, answers)
  const { type } = await endpointFor(await answers.context())
  if (type === 'recording')
    throw new UsageError('A recording cannot be saved as a login', { at: '--endpoint' })
  if (type !== 'sandbox') {
    await askMethod(context, answers)
    await askAccount(context, answers)
  }
  const session = await logInWithRetries(context, answers, async () =>
    logIn(await answers.context(), { secrets: answers.secrets }),
  )
  try {
    const needsLogin = type !== 'sandbox'
    const message = await saveContext(context, answers, {
      optionSettings,
      session,
      sourceContext,
      needsLogin,
    })
    return { session, message }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Asks for the endpoint if it is not set. The user must confirm an endpoint from a file of the working folder. */
async function askEndpoint(context: CommandContext, answers: Answers): Promise<void> {
  const { settings } = answers
  const allSettings = await (await answers.context()).settingsFor(await allDefinitions())
  const endpointSetting = allSettings.setting('endpoint')
  if (endpointSetting !== undefined && isTrusted(endpointSetting)) return
  const isSetAndTrusted = (name: string) => {
    const other = allSettings.setting(name)
    return other !== undefined && isTrusted(other)
  }
  // Keystone's catalogue, or the cloud in clouds.yaml, contains the endpoint.
  if (endpointSetting === undefined && (isSetAndTrusted('auth-url') || isSetAndTrusted('os-cloud'))) return
  for (;;) {
    const detail =
      endpointSetting === undefined
        ? ', a URL; "sandbox:" is for practice'
        : `, which ${endpointSetting.source} names`
    const answer = await context.prompts.text(
      {
        message: `Endpoint of the cloud${detail}`,
        withoutPrompt: 'Give --endpoint URL; "sandbox:" is a practice cloud on this machine.',
      },
      endpointSetting?.value,
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

/** Whether a setting has a value, and a trusted source. */
function isTrusted(setting: Setting): boolean {
  return setting.value.trim() !== '' && !isUntrusted(setting)
}

/** A method of --auth, and the text by which the user chooses it. */
interface MethodChoice {
  readonly auth: string
  readonly label: string
}

const methodChoices: readonly MethodChoice[] = [
  { auth: 'basic', label: 'user name and password' },
  { auth: 'digest', label: 'user name and password (digest)' },
  { auth: 'keystone', label: 'OpenStack Keystone' },
  { auth: 'x509', label: 'certificate or VOMS proxy' },
  { auth: 'oidc', label: 'OpenID Connect, in a browser' },
  { auth: 'token', label: 'an existing token' },
  { auth: 'none', label: 'no login' },
]

/** Settings from which the method `auto` derives how to log in: if one is set, the user is not asked for the method. */
const credentialSettings = [
  ...['username', 'user-id', 'token', 'token-command', 'user-cert', 'user-cred', 'voms', 'auth-url'],
  ...['os-cloud', 'application-credential-id', 'application-credential-name', 'access-token'],
  ...['oidc-issuer', 'oidc-account'],
]

/** On a terminal, asks for one of the methods that the server offers, if the settings do not determine the method. */
async function askMethod(context: CommandContext, answers: Answers): Promise<void> {
  const { settings } = answers
  const allSettings = await (await answers.context()).settingsFor(await allDefinitions())
  const isSet = (name: string) => (allSettings.get(name) ?? '') !== ''
  if ((allSettings.get('auth') ?? 'auto') !== 'auto' || credentialSettings.some(isSet)) return
  if (!context.streams.interactive) return
  const { offered, keystone } = await offeredMethods(context, await answers.context({ auth: 'none' }))
  const choices = methodChoices.filter(({ auth }) => offered.includes(auth))
  const [onlyChoice] = choices.length === 1 ? choices : []
  if (onlyChoice !== undefined) {
    settings['auth'] = onlyChoice.auth
    await context.progress.note(`The server asks for: ${onlyChoice.label}`)
  } else {
    settings['auth'] = await context.prompts.select(
      { message: 'How do you log in?', withoutPrompt: 'Give --auth METHOD.' },
      choices.map(({ auth, label }) => ({ value: auth, label, hint: auth })),
    )
  }
  if (settings['auth'] !== 'keystone') return
  settings['auth-url'] = (
    await context.prompts.text(
      { message: 'URL of Keystone', withoutPrompt: 'Give --auth-url URL.' },
      keystone,
    )
  ).trim()
}

/** Requests the query interface without credentials, and returns the methods that the server offers in its answer. */
async function offeredMethods(
  context: CommandContext,
  anonymousContext: CommandContext,
): Promise<{ readonly offered: readonly string[]; readonly keystone?: string }> {
  context.progress.show('Asking the server how to log in')
  const session = await context.login(() => {}, {}, anonymousContext)
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
    // Without a challenge that names a method, any method may work.
    const certificate = request.url.startsWith('https:') ? ['x509'] : []
    if (response.status === 401 || response.status === 403)
      return { offered: [...certificate, 'keystone', 'oidc', 'token', 'basic'] }
    return { offered: ['none', 'basic', ...certificate, 'keystone', 'oidc', 'token'] }
  } catch (error) {
    if (missingCertificate(request, error) !== undefined) return { offered: ['x509'] }
    throw error
  } finally {
    await context.progress.stop()
    await session.close()
  }
}

/** Asks for the settings and the secret that the method needs. */
async function askAccount(context: CommandContext, answers: Answers): Promise<void> {
  const { settings, secrets } = answers
  const loginContext = await answers.context()
  const allSettings = await loginContext.settingsFor(await allDefinitions())
  const askForSecret = (name: string, message: string) =>
    askSecret(context, loginContext, secrets, { name, message })
  const hasAny = (...names: readonly string[]) => names.some((name) => (allSettings.get(name) ?? '') !== '')
  const askForSetting = async (name: string, message: string, initial?: string) => {
    if (hasAny(name)) return
    const answer = await context.prompts.text({ message, withoutPrompt: `Give --${name}.` }, initial)
    if (answer.trim() !== '') settings[name] = answer.trim()
  }
  switch (allSettings.get('auth') ?? 'auto') {
    case 'basic':
    case 'digest':
      await askForSetting('username', 'User name')
      break
    case 'keystone':
      if (
        !hasAny(
          'username',
          'user-id',
          'application-credential-id',
          'token',
          'token-command',
          'voms',
          'oidc-issuer',
        )
      )
        await askKeystoneAccount(context, askForSetting)
      break
    case 'x509':
      if (!hasAny('user-cert', 'user-cred')) await askCertificate(context, settings)
      return
    case 'oidc':
      await askForSetting('oidc-issuer', 'URL of the issuer')
      await askForSetting('oidc-client-id', 'Client id')
      return
    case 'token':
      if (!hasAny('token', 'token-command')) await askForSecret('token', 'Token')
      return
    default:
  }
  const answeredSettings = await (await answers.context()).settingsFor(await allDefinitions())
  const user = answeredSettings.get('username') ?? answeredSettings.get('user-id') ?? ''
  if ((answeredSettings.get('application-credential-id') ?? '') !== '')
    await askForSecret('application-credential-secret', 'Secret of the application credential')
  else if (user !== '' && !namesOtherSecret(answeredSettings))
    await askForSecret('password', `Password of ${user}`)
}

/** Whether the settings name a secret other than the user's password, or an --auth-type that needs another one. */
function namesOtherSecret(settings: Settings): boolean {
  return ['token', 'token-command', 'passcode', 'access-token', 'oidc-issuer', 'auth-type'].some(
    (name) => (settings.get(name) ?? '') !== '' && settings.get(name) !== 'password',
  )
}

async function askKeystoneAccount(
  context: CommandContext,
  askForSetting: (name: string, message: string, initial?: string) => Promise<void>,
): Promise<void> {
  const kind = await context.prompts.select(
    {
      message: 'How do you log in to Keystone?',
      withoutPrompt: 'Give --username or --application-credential-id.',
    },
    [
      { value: 'password', label: 'user name and password' },
      { value: 'application-credential', label: 'application credential' },
    ],
  )
  if (kind === 'application-credential')
    return askForSetting('application-credential-id', 'Id of the application credential')
  await askForSetting('username', 'User name')
  await askForSetting('user-domain', 'Domain of the user', 'Default')
}

/**
 * Lets the user choose among the certificates in the default places. Without a terminal, takes the first, as every
 * command does.
 */
async function askCertificate(context: CommandContext, settings: Record<string, string>): Promise<void> {
  const { defaultCandidates } = await import('../../auth/x509/locate.js')
  const { environment, fileMode, home } = context.runtime
  const candidates = defaultCandidates(environment, { home, uid: process.getuid?.() })
  const existingFiles: (typeof candidates)[number][] = []
  for (const candidate of candidates)
    if ((await fileMode(candidate.certificatePath)) !== undefined) existingFiles.push(candidate)
  const choice =
    existingFiles.length === 0 || !context.streams.interactive
      ? existingFiles[0]
      : await context.prompts.select<(typeof existingFiles)[number] | undefined>(
          { message: 'Which certificate?', withoutPrompt: 'Give --user-cert FILE.' },
          [
            ...existingFiles.map((candidate) => ({ value: candidate, label: candidate.certificatePath })),
            { value: undefined, label: 'another file' },
          ],
        )
  if (choice === undefined) {
    const question = {
      message: 'File of the certificate (PEM, PKCS#12 or proxy)',
      withoutPrompt: 'Give --user-cert FILE.',
    }
    const file = (await context.prompts.text(question)).trim().replace(/^~(?=\/)/, home)
    settings['user-cert'] = context.runtime.resolvePath(file)
    return
  }
  settings['user-cert'] = choice.certificatePath
  if (choice.keyPath !== undefined) settings['user-key'] = choice.keyPath
}

/**
 * Asks for a secret and adds it to `secrets`. A secret that an option, variable, file or command provides is neither
 * asked for nor kept.
 */
async function askSecret(
  context: CommandContext,
  loginContext: CommandContext,
  secrets: Record<string, string>,
  { name, message }: { readonly name: string; readonly message: string },
): Promise<void> {
  if (name === 'password' && context.options.isSet('password-stdin')) {
    secrets[name] = await passwordFromStdin(context)
    return
  }
  const allSettings = await loginContext.settingsFor(await allDefinitions())
  if ((await configuredSecret(loginContext, allSettings, name).catch(ignoreKeyring)) !== undefined) return
  secrets[name] = await context.prompts.password({ message, withoutPrompt: `Set ${environmentName(name)}.` })
}

/**
 * Ignores errors of the keyring and rethrows others: before the first login it has no entry, and the name of the
 * entry may need a user name that is not known yet.
 */
function ignoreKeyring(error: unknown): undefined {
  if (error instanceof UsageError && error.at === '--keyring') return undefined
  throw error
}

/** How often the user may enter a secret. */
const maxAttempts = 3

/** Logs in, and asks again for a secret that the server refuses. */
async function logInWithRetries(
  context: CommandContext,
  answers: Answers,
  logIn: () => Promise<Login>,
): Promise<Login> {
  for (let attempt = 1; ; attempt += 1) {
    let session: Login | undefined
    try {
      session = await logIn()
      await session.verify()
      return session
    } catch (error) {
      await session?.close()
      const [name] = Object.keys(answers.secrets)
      const canRetry =
        error instanceof AuthError &&
        name !== undefined &&
        attempt < maxAttempts &&
        context.streams.interactive
      if (!canRetry || context.options.isSet('password-stdin')) throw error
      await context.warn(`${error.message}. Try again, or cancel with Ctrl-C`)
      answers.secrets[name] = await context.prompts.password({ message: 'Enter it again', withoutPrompt: '' })
    }
  }
}

interface LoginToSave {
  /** The settings that were given as options. */
  readonly optionSettings: Readonly<Record<string, string>>
  readonly session: Login
  /** The context that the endpoint comes from; undefined for a new endpoint. */
  readonly sourceContext: string | undefined
  readonly needsLogin: boolean
}

/** Saves the login as a context and makes that the current one. Returns what was saved and where, as sentences. */
async function saveContext(
  context: CommandContext,
  answers: Answers,
  { optionSettings, session, sourceContext, needsLogin }: LoginToSave,
): Promise<string> {
  const { settings, secrets } = answers
  const definitions = await allDefinitions()
  const allSettings = await (await answers.context()).settingsFor(definitions)
  const contexts = context.runtime.contexts(definitions)
  const existingNames = new Set((await contexts.read()).contexts.map((existing) => existing.name))
  const name =
    context.options.text('save-as') ??
    sourceContext ??
    (await askContextName(context, session.endpoint, existingNames))
  let inherited: Readonly<Record<string, string>> = {}
  if (sourceContext === undefined) inherited = await loginSettingsOfEnvironment(allSettings)
  else if (name !== sourceContext)
    inherited = withoutSecrets((await contexts.get(sourceContext)).settings, definitions)
  const [secret] = Object.keys(secrets)
  const store = secret === undefined ? undefined : await chooseStore(context, allSettings, secret)
  if (secret === undefined && ['file', 'keyring'].includes(context.options.text('keep-password') ?? '')) {
    await context.warn(
      '--keep-password has no effect: it applies only to a password that you are asked for or give with --password-stdin',
    )
  }
  const account = store === 'keyring' ? keyringAccount(allSettings) : undefined
  if (account !== undefined)
    storeInKeyring(await context.runtime.keyring(), account, secrets['password'] ?? '')
  const contextSettings: Record<string, string | undefined> = {
    ...inherited,
    ...optionSettings,
    ...settings,
    ...(account === undefined ? {} : { keyring: 'true' }),
    ...(store === 'file' && secret !== undefined ? { [secret]: secrets[secret] } : {}),
  }
  if (name !== sourceContext && existingNames.has(name)) await contexts.remove(name)
  await contexts.set(name, contextSettings as Record<string, string>)
  await contexts.use(name)
  const environmentContext = context.runtime.environment('OCCI_CONTEXT') ?? ''
  if (environmentContext !== '' && environmentContext !== name)
    await context.warn(`OCCI_CONTEXT is set to ${environmentContext} in this shell and takes precedence`)
  const loggedIn = needsLogin ? loginMessage(session, secret, store) : 'The practice cloud needs no login.'
  return `${loggedIn}\nContext "${name}" is in use.\nNext: occi compute list`
}

/** The message for a login of which something is kept, without a full stop. Some methods name no user. */
export function loggedInText({ subject }: CredentialsDescription): string {
  return subject === undefined ? 'Logged in' : `Logged in as ${subject}`
}

/** The message for a login of which nothing is kept, without a full stop. */
export function acceptedText({ subject }: CredentialsDescription): string {
  return subject === undefined
    ? 'The provider accepts the login'
    : `The provider accepts the login of ${subject}`
}

function loginMessage(
  { credentials }: Login,
  secret: string | undefined,
  store: SecretStore | undefined,
): string {
  const description = credentials.describe()
  const loggedIn = loggedInText(description)
  const secretName = secret === 'password' || secret === 'token' ? secret : 'secret'
  if (store === 'keyring') return `${loggedIn}; the password is in the keyring of this system.`
  if (store === 'file') return `${loggedIn}; the ${secretName} is in the configuration, readable by you only.`
  if (credentials.forget !== undefined) {
    const remark =
      store === 'no' ? `, and the ${secretName} is not: you are asked again when the token expires` : ''
    return `${loggedIn}; the token is kept${remark}.`
  }
  const accepted = acceptedText(description)
  if (store === 'no') return `${accepted}. The ${secretName} is not kept: each command asks for it.`
  return `${accepted}${description.method === 'x509' ? '; the certificate stays in its file' : ''}.`
}

function withoutSecrets(
  settings: Readonly<Record<string, string>>,
  definitions: readonly SettingDefinition[],
): Readonly<Record<string, string>> {
  const secrets = new Set(
    definitions.flatMap(({ name, sensitivity }) => (sensitivity === 'secret' ? [name] : [])),
  )
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !secrets.has(name)))
}

/**
 * The login settings that come from environment variables, without secrets. The context needs them, since another shell
 * may not have these variables.
 */
async function loginSettingsOfEnvironment(allSettings: Settings): Promise<Record<string, string>> {
  const loginSettings: Record<string, string> = {}
  for (const { name, sensitivity, transient } of await allDefinitions()) {
    const setting = allSettings.setting(name)
    if (setting?.origin !== 'environment' || sensitivity === 'secret' || transient === true) continue
    if (loginSettingName.test(name)) loginSettings[name] = setting.value
  }
  return loginSettings
}

const loginSettingName =
  /^(endpoint|auth(-url|-type)?|username|user-.*|project.*|domain.*|default-domain.*|system-scope|trust-id|region|interface|os-cloud|ca-.*|identity-provider|protocol|oidc-.*|application-credential-(id|name)|voms|keystone-version|password-file|password-command|token-command)$/

/** Asks for the name of the new context. Proposes an unused name, made from the host of the endpoint. */
async function askContextName(
  context: CommandContext,
  endpoint: string,
  existingNames: ReadonlySet<string>,
): Promise<string> {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : ''
  const hostLabel = /^[a-z]/i.test(host) ? host.split('.')[0] : undefined
  const base = endpoint === 'sandbox:' ? 'practice' : (hostLabel ?? 'cloud')
  let proposal = base
  for (let count = 2; existingNames.has(proposal); count += 1) proposal = `${base}-${count}`
  const name = (
    await context.prompts.text(
      { message: 'Name of the context to save', withoutPrompt: 'Give --save-as NAME.' },
      proposal,
    )
  ).trim()
  if (existingNames.has(name))
    await context.prompts.confirm({
      message: `Replace the context "${name}"?`,
      withoutPrompt: 'Give another name.',
    })
  return name
}

/** Returns where to keep the secret: by --keep-password or --keyring, or as the user chooses. Throws UsageError. */
async function chooseStore(
  context: CommandContext,
  allSettings: Settings,
  secret: string,
): Promise<SecretStore> {
  const storeOption = secretStores.find((store) => store === context.options.text('keep-password'))
  if (storeOption === 'keyring' && secret !== 'password') {
    throw new UsageError(`The keyring can keep a password, not the ${secret}`, { at: '--keep-password' })
  }
  if (storeOption !== undefined) return storeOption
  if (allSettings.isOn('keyring') && secret === 'password') return 'keyring'
  if (!context.streams.interactive) return 'no'
  const secretName = secret === 'password' ? 'password' : 'secret'
  const offersKeyring = secret === 'password' && (await canUseKeyring(context, allSettings))
  return context.prompts.select<SecretStore>(
    { message: `Where should the ${secretName} be kept?`, withoutPrompt: 'Give --keep-password.' },
    [
      ...(offersKeyring ? [{ value: 'keyring' as const, label: 'in the keyring of this system' }] : []),
      { value: 'file', label: 'in the configuration file, readable by you only' },
      { value: 'no', label: 'nowhere: each login asks for it' },
    ],
  )
}

async function canUseKeyring(context: CommandContext, allSettings: Settings): Promise<boolean> {
  try {
    const keyring = await context.runtime.keyring()
    keyring.get(keyringAccount(allSettings))
    return true
  } catch (error) {
    if (error instanceof OcciError) return false
    throw error
  }
}
