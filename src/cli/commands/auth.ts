/** `occi auth`: logs in and out, and shows the login. */

import type { Credentials, CredentialsDescription } from '../../auth/index.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Settings } from '../../config/types.js'
import { AuthError, OcciError, UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext, Dialogue, Login, LoginOptions, Reports, Surroundings } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import type { Column, Output, OutputRecord } from '../output/types.js'
import { storeInKeyring } from '../runtime/keyring.js'
import { configuredSecret, keyringAccount } from '../runtime/secrets.js'
import { outputIfRequested } from './base/change-output.js'
import { acceptedText, loggedInText, logInAndSave, secretStores } from './login.js'

const statusColumns: readonly Column[] = [
  { key: 'method', heading: 'METHOD', value: 'method' },
  { key: 'subject', heading: 'SUBJECT', value: 'subject' },
  { key: 'project', heading: 'PROJECT', value: 'project' },
  { key: 'issuer', heading: 'ISSUER', value: 'issuer' },
  { key: 'expires', heading: 'EXPIRES', value: 'expires' },
  { key: 'left', heading: 'LEFT', value: 'left' },
  { key: 'endpoint', heading: 'ENDPOINT', value: 'endpoint' },
]

const login: CommandDeclaration = {
  path: ['auth', 'login'],
  summary: 'Log in and save the login as a context',
  description:
    'On a terminal it prompts for missing values: the endpoint, the method (of those that the server offers), the user name or the certificate, the password. It always logs in anew, even if a login is cached, checks that the provider accepts the credentials, and saves the endpoint and login as a context, which becomes the context in use. It also asks where to keep the password: in the keyring of the system, in the configuration (readable by you only), or nowhere. A token is kept in the cache, readable by you only, until it expires. The address and code of a device login are printed on standard error. Without a terminal, a context is saved only with --save-as. An earlier login with OpenID Connect is revoked first.',
  arguments: [],
  options: [
    {
      name: 'save-as',
      value: 'NAME',
      description: 'save the login as this context; on a terminal you are asked for the name',
      env: 'none',
    },
    {
      name: 'keep-password',
      value: 'WHERE',
      description: 'where to keep the password, with --save-as or on a terminal',
      choices: secretStores,
      default: 'no; on a terminal you are asked',
      env: 'none',
    },
  ],
  examples: [
    { title: 'Answer questions on the terminal', command: 'occi auth login' },
    {
      title: 'With a certificate or a proxy',
      command: 'occi auth login --endpoint https://cloud.example.org:11443 --auth x509 --save-as grid',
    },
    {
      title: 'In a script, with the password from a file',
      command:
        'occi auth login --endpoint https://cloud.example.org:11443 --username ada --password-stdin --save-as cloud --keep-password file < password.txt',
    },
    { title: 'With the variables of an openrc file', command: '. openrc && occi auth login --auth keystone' },
  ],
  run: runLogin,
}

async function runLogin(context: CommandContext): Promise<Output | undefined> {
  const { options, streams } = context
  const savesContext =
    options.text('save-as') !== undefined || (streams.interactive && !options.isSet('password-stdin'))
  if (savesContext && context.preview === undefined) {
    const { session, message } = await logInAndSave(context, (loginContext, loginOptions) =>
      context.login(stepLogger(context), { purpose: 'login', confirm: true, ...loginOptions }, loginContext),
    )
    try {
      context.inform(message)
      return statusOutput(context, session)
    } finally {
      await session.close()
    }
  }
  const settings = await context.settingsFor(await allDefinitions())
  if (!settings.isOn('keyring')) return logIn(context)
  const account = keyringAccount(settings)
  if (options.isSet('password-stdin')) {
    throw new UsageError('--keyring and --password-stdin cannot be used together', {
      hint: 'Answer the prompt, or give --password-command or --password-file.',
      at: '--keyring',
    })
  }
  const password =
    (await configuredSecret(context, settings, 'password')) ?? (await askPassword(context, account))
  const keyring = await context.runtime.keyring()
  const output = await logIn(context, password)
  // Stored after the login, so that a wrong password does not replace the correct one.
  storeInKeyring(keyring, account, password)
  return output
}

function logIn(context: CommandContext, password?: string): Promise<Output | undefined> {
  return withLogin(
    context,
    async (session) => {
      await session.verify()
      context.inform(loginMessage(session, password !== undefined))
      return statusOutput(context, session)
    },
    { purpose: 'login', confirm: true, ...(password === undefined ? {} : { secrets: { password } }) },
  )
}

function loginMessage({ credentials, endpoint }: Login, passwordIsKept: boolean): string {
  if (endpoint === 'sandbox:') return 'The practice cloud needs no login.'
  const description = credentials.describe()
  return passwordIsKept || credentials.forget !== undefined
    ? `${loggedInText(description)}.`
    : `${acceptedText(description)}. Nothing was kept, so each command needs the credentials again.`
}

function askPassword({ prompts }: Dialogue, account: string): Promise<string> {
  return prompts.password({ message: `Password of ${account}`, withoutPrompt: 'Set OCCI_PASSWORD.' })
}

const status: CommandDeclaration = {
  path: ['auth', 'status'],
  summary: 'Show the login: method, subject, project, time left',
  description:
    'The exit status is 4 if the credentials are missing, refused or expired. For a VOMS proxy it also shows the VOs, the FQANs and when these expire (voExpires), which may be earlier than the proxy.',
  arguments: [],
  options: [],
  examples: [
    { title: 'As a table', command: 'occi auth status' },
    { title: 'In a script', command: 'occi auth status -o value --columns left || occi auth login' },
  ],
  atSites: 'reads',
  run: (context) => withLogin(context, async (session) => statusOutput(context, session), { confirm: false }),
}

const logout: CommandDeclaration = {
  path: ['auth', 'logout'],
  summary: 'Forget the token and the kept password, and revoke the token if possible',
  description:
    'Forgets the token in the cache, the password in the keyring and the secrets of the context in use. The other settings of the context stay. No prompt is shown.',
  arguments: [],
  options: [],
  examples: [
    { title: 'Leave nothing behind', command: 'occi auth logout' },
    { title: 'At another provider', command: 'occi auth logout --context cesnet' },
  ],
  run: async (context) => {
    let wasLoggedIn = false
    try {
      if (await forgetLogin(context)) wasLoggedIn = true
    } finally {
      const settings = await context.settingsFor(await allDefinitions())
      if (await forgetSecrets(context, settings)) wasLoggedIn = true
      if (settings.isOn('keyring')) {
        const keyring = await context.runtime.keyring()
        if (keyring.delete(keyringAccount(settings))) wasLoggedIn = true
      }
    }
    context.inform(wasLoggedIn ? 'Logged out.' : 'There was no login to forget.')
    return outputIfRequested(context, { data: { forgotten: wasLoggedIn } })
  },
}

/** Removes the secrets from the context in use. Returns whether there were any. */
async function forgetSecrets({ runtime }: Surroundings, { context: name }: Settings): Promise<boolean> {
  if (name === undefined) return false
  const definitions = await allDefinitions()
  const contexts = runtime.contexts(definitions)
  const { settings } = await contexts.get(name)
  const secrets = definitions.filter(
    ({ name: option, sensitivity }) => sensitivity === 'secret' && Object.hasOwn(settings, option),
  )
  if (secrets.length === 0) return false
  await contexts.set(name, Object.fromEntries(secrets.map(({ name: option }) => [option, undefined])))
  return true
}

/** Forgets the cached login, without logging in first. Returns whether there was one. */
async function forgetLogin(context: CommandContext): Promise<boolean> {
  try {
    return await withLogin(
      context,
      async ({ credentials }) => {
        await credentials.forget?.()
        return credentials.forget !== undefined
      },
      { purpose: 'forget', confirm: true },
    )
  } catch (error) {
    if (error instanceof AuthError && error.facts?.['missing'] !== undefined) return false
    throw error
  }
}

const token: CommandDeclaration = {
  path: ['auth', 'token'],
  summary: 'Print the token that is sent, for other programs',
  description: 'It is a secret: anyone who has it can act as you until it expires.',
  arguments: [],
  options: [],
  examples: [
    { title: 'For curl', command: 'TOKEN=$(occi auth token)' },
    { title: 'For a command that --curl printed', command: 'export OCCI_TOKEN="$(occi auth token)"' },
  ],
  run: (context) =>
    withLogin(context, async ({ credentials }) => {
      const secret = await credentials.token?.()
      if (secret === undefined) {
        throw new AuthError(`The method "${credentials.describe().method}" has no token`, {
          hint: 'The methods token, keystone and oidc have one.',
        })
      }
      await context.streams.out.write(`${secret}\n`)
      return undefined
    }),
}

const explain: CommandDeclaration = {
  path: ['auth', 'explain'],
  summary: 'Show each step of the login, with its requests and their answers',
  description: 'If the login fails, the steps end with the error. Secrets are not shown.',
  arguments: [],
  options: [],
  examples: [
    {
      title: 'Find out why a login fails',
      command: 'occi auth explain --endpoint https://cloud.example.org',
    },
    { title: 'Show how a context logs in', command: 'occi auth explain --context cesnet' },
  ],
  run: async (context) => {
    const steps: string[] = []
    let failure: OcciError | undefined
    try {
      const session = await context.login((step) => steps.push(step))
      steps.push(`logged in: ${summaryOf(session.credentials.describe())}`)
      await session.close()
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      failure = error
    }
    if (failure !== undefined) context.fail(failure)
    const records = steps.map((step, index): OutputRecord => ({ data: { step: index + 1, what: step } }))
    return {
      shape: 'list',
      records,
      columns: [
        { key: 'step', heading: 'STEP', value: 'step', align: 'right' },
        { key: 'what', heading: 'WHAT', value: 'what' },
      ],
      empty: 'The login has no steps.',
    }
  },
}

export const auth: CommandGroup = {
  name: 'auth',
  summary: 'Logging in: status, login, logout, and an explanation of each step',
  fallback: 'status',
  commands: [login, status, logout, token, explain],
}

/** Returns a function that prints a step of the login, with --verbose. */
function stepLogger({ options, progress }: CommandContext): (step: string) => void {
  return (step) => {
    if (options.isSet('verbose')) void progress.note(`auth: ${step}`)
  }
}

/** Logs in, runs `work` with the session and closes it. */
async function withLogin<T>(
  context: CommandContext,
  work: (session: Login) => Promise<T>,
  options: LoginOptions = {},
): Promise<T> {
  const session = await context.login(stepLogger(context), options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** The output of login and status. Expired credentials are reported as a failure. */
function statusOutput(context: Surroundings & Reports, { credentials, endpoint }: Login): Output {
  const data = statusData(credentials, endpoint, context.clock.now())
  if (typeof data['left'] === 'number' && data['left'] <= 0) {
    context.fail(
      new AuthError(`The credentials expired at ${String(data['expires'])}`, {
        hint: 'Run: occi auth login',
      }),
    )
  }
  const columns = [...statusColumns, ...detailColumns(credentials.describe())]
  return { shape: 'one', records: [{ data }], columns, recordLayout: 'row', pipeFormat: 'pairs' }
}

/** Columns for details that only some methods have: `voExpires` is headed VO EXPIRES. */
function detailColumns({ details = {} }: CredentialsDescription): readonly Column[] {
  return Object.entries(details).map(([key, value]) => ({
    key,
    heading: key.replaceAll(/[A-Z]/g, ' $&').toUpperCase(),
    value: () => value,
  }))
}

/** The data of the output. `left` is in seconds, or null if the credentials do not expire. */
function statusData(credentials: Credentials, endpoint: string, now: number): Record<string, unknown> {
  const { method, subject, project, issuer, expires, details } = credentials.describe()
  const end = expires ?? credentials.expires
  return {
    method,
    subject: subject ?? null,
    project: project ?? null,
    issuer: issuer ?? null,
    expires: end?.toISOString() ?? null,
    left: end === undefined ? null : Math.floor((end.getTime() - now) / 1000),
    endpoint: credentials.endpoint ?? endpoint,
    ...omitUndefined({ details }),
  }
}

/** The login in one line: `keystone as ada for demo`. */
function summaryOf({ method, subject, project }: CredentialsDescription): string {
  return [method, subject === undefined ? '' : `as ${subject}`, project === undefined ? '' : `for ${project}`]
    .filter((part) => part !== '')
    .join(' ')
}
