/** `occi auth`: shows the login, and logs in and out. */

import type { Credentials, CredentialsDescription } from '../../auth/index.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Settings } from '../../config/types.js'
import { AuthError, OcciError, UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext, Dialogue, Login, LoginOptions, Reports, Surroundings } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import type { Column, Output, OutputRecord } from '../output/types.js'
import { storeInKeyring } from '../runtime/keyring.js'
import { givenSecret, keyringAccount } from '../runtime/secrets.js'
import { doneAsRecord } from './base/change-output.js'
import { logInAndKeep, secretPlaces } from './login.js'

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
  summary: 'Log in, and keep it as a context',
  description:
    'On a terminal it asks for what was not given: the endpoint, the method (by what the server asks for), the user or the certificate, the password. It logs in anew, whatever is kept, asks the provider whether that lets you in, and keeps the endpoint and the login as a context, which is then in use; where the password is kept is asked, too: in the keyring of the system, in the configuration (readable by you only), or nowhere. A token is kept in the cache, readable by you only, until it expires. The address and code of a device login are shown on standard error. Without a terminal a context is made with --save-as only. A kept login of OpenID Connect is revoked by its issuer first.',
  arguments: [],
  options: [
    {
      name: 'save-as',
      value: 'NAME',
      description: 'keep it as the context of this name; on a terminal it is asked for',
      env: 'none',
    },
    {
      name: 'keep-password',
      value: 'WHERE',
      description: 'where the password is kept, with --save-as and on a terminal',
      choices: secretPlaces,
      default: 'no; on a terminal it is asked for',
      env: 'none',
    },
  ],
  examples: [
    { title: 'By questions', command: 'occi auth login' },
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
  const keeps =
    options.text('save-as') !== undefined || (streams.interactive && !options.isSet('password-stdin'))
  if (keeps && context.preview === undefined) {
    const { session, words } = await logInAndKeep(context, (there, more) =>
      context.login(noteSteps(context), { purpose: 'login', confirm: true, ...more }, there),
    )
    try {
      context.inform(words)
      return statusOf(context, session)
    } finally {
      await session.close()
    }
  }
  const settings = await context.settingsFor(await allDefinitions())
  if (!settings.on('keyring')) return logIn(context)
  const account = keyringAccount(settings)
  if (options.isSet('password-stdin')) {
    throw new UsageError('--keyring and --password-stdin cannot be used together', {
      hint: 'Answer the prompt, or give --password-command or --password-file.',
      at: '--keyring',
    })
  }
  const password = (await givenSecret(context, settings, 'password')) ?? (await askPassword(context, account))
  const keyring = await context.runtime.keyring()
  const output = await logIn(context, password)
  // Only now: what does not open the door must not take the place of a password that does.
  storeInKeyring(keyring, account, password)
  return output
}

function logIn(context: CommandContext, password?: string): Promise<Output | undefined> {
  return loggedIn(
    context,
    async (session) => {
      await session.verify()
      const { credentials, endpoint } = session
      const who = credentials.describe().subject ?? 'you'
      const isKept = credentials.forget !== undefined || password !== undefined
      context.inform(
        endpoint === 'sandbox:'
          ? 'The practice cloud needs no login.'
          : isKept
            ? `Logged in as ${who}.`
            : `The provider lets ${who} in. Nothing is kept of it: each command needs the credentials again.`,
      )
      return statusOf(context, session)
    },
    { purpose: 'login', confirm: true, ...(password === undefined ? {} : { secrets: { password } }) },
  )
}

function askPassword({ prompts }: Dialogue, account: string): Promise<string> {
  return prompts.password({ message: `Password of ${account}`, alternative: 'Set OCCI_PASSWORD.' })
}

const status: CommandDeclaration = {
  path: ['auth', 'status'],
  summary: 'Show who you are to the provider: method, subject, project, time left',
  description:
    'Ends with 4 when the credentials are missing, refused or expired. Of a proxy it also shows the VOs, the FQANs and when these end (voExpires), which may be before the proxy does.',
  arguments: [],
  options: [],
  examples: [
    { title: 'As a table', command: 'occi auth status' },
    { title: 'In a script', command: 'occi auth status -o value --columns left || occi auth login' },
  ],
  atSites: 'reads',
  run: (context) => loggedIn(context, async (session) => statusOf(context, session), { confirm: false }),
}

const logout: CommandDeclaration = {
  path: ['auth', 'logout'],
  summary: 'Forget the kept token and password, and revoke the token where the server can',
  description:
    'Forgets the token in the cache, the password in the keyring and the secrets of the context in use. The rest of the context stays. Nobody is asked for anything.',
  arguments: [],
  options: [],
  examples: [
    { title: 'Leave nothing behind', command: 'occi auth logout' },
    { title: 'At another provider', command: 'occi auth logout --context cesnet' },
  ],
  run: async (context) => {
    const forgotten: boolean[] = []
    try {
      forgotten.push(await forgetLogin(context))
    } finally {
      const settings = await context.settingsFor(await allDefinitions())
      forgotten.push(await forgetSecrets(context, settings))
      if (settings.on('keyring'))
        forgotten.push((await context.runtime.keyring()).delete(keyringAccount(settings)))
    }
    const wasKept = forgotten.includes(true)
    context.inform(wasKept ? 'Logged out.' : 'Nothing was kept of a login here.')
    return doneAsRecord(context, { data: { forgotten: wasKept } })
  },
}

/** Removes the secrets that the context in force keeps. */
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

/** Returns false where no login was kept, without logging in first. */
async function forgetLogin(context: CommandContext): Promise<boolean> {
  try {
    return await loggedIn(
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
  description: 'It is a secret: whoever has it is you until it expires.',
  arguments: [],
  options: [],
  examples: [
    { title: 'For curl', command: 'TOKEN=$(occi auth token)' },
    { title: 'For a command that --curl printed', command: 'export OCCI_TOKEN="$(occi auth token)"' },
  ],
  run: (context) =>
    loggedIn(context, async ({ credentials }) => {
      const secret = await credentials.token?.()
      if (secret === undefined) {
        throw new AuthError(`The method "${credentials.describe().method}" has no token`, {
          hint: 'Methods with one: token, keystone, oidc.',
        })
      }
      await context.streams.out.write(`${secret}\n`)
      return undefined
    }),
}

const explain: CommandDeclaration = {
  path: ['auth', 'explain'],
  summary: 'Show each step of the login: what was asked, where, and what it answered',
  description: 'Also when it fails: the steps end with the error. No secret is in it.',
  arguments: [],
  options: [],
  examples: [
    { title: 'Why it does not let me in', command: 'occi auth explain --endpoint https://cloud.example.org' },
    { title: 'How a context logs in', command: 'occi auth explain --context cesnet' },
  ],
  run: async (context) => {
    const steps: string[] = []
    let failure: OcciError | undefined
    try {
      const session = await context.login((step) => steps.push(step))
      steps.push(`logged in: ${sentence(session.credentials.describe())}`)
      await session.close()
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      failure = error
    }
    if (failure !== undefined) context.fail(failure)
    const records = steps.map((step, at): OutputRecord => ({ data: { step: at + 1, what: step } }))
    return {
      shape: 'list',
      records,
      columns: [
        { key: 'step', heading: 'STEP', value: 'step', align: 'right' },
        { key: 'what', heading: 'WHAT', value: 'what' },
      ],
      empty: 'Nothing was tried.',
    }
  },
}

export const auth: CommandGroup = {
  name: 'auth',
  summary: 'Logging in: status, login, logout, and an explanation of each step',
  fallback: 'status',
  commands: [login, status, logout, token, explain],
}

/** With --verbose. */
function noteSteps({ options, progress }: CommandContext): (step: string) => void {
  return (step) => {
    if (options.isSet('verbose')) void progress.note(`auth: ${step}`)
  }
}

async function loggedIn<T>(
  context: CommandContext,
  work: (session: Login) => Promise<T>,
  options: LoginOptions = {},
): Promise<T> {
  const session = await context.login(noteSteps(context), options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

function statusOf(context: Surroundings & Reports, { credentials, endpoint }: Login): Output {
  const data = dataOf(credentials, endpoint, context.clock.now())
  if (typeof data['left'] === 'number' && data['left'] <= 0) {
    context.fail(
      new AuthError(`The credentials expired ${String(data['expires'])}`, { hint: 'Run: occi auth login' }),
    )
  }
  const columns = [...statusColumns, ...detailColumns(credentials.describe())]
  return { shape: 'one', records: [{ data }], columns, each: 'row', pipeFormat: 'pairs' }
}

/** What only some methods have to say: `voExpires` is headed VO EXPIRES. */
function detailColumns({ details = {} }: CredentialsDescription): readonly Column[] {
  return Object.entries(details).map(([key, value]) => ({
    key,
    heading: key.replaceAll(/[A-Z]/g, ' $&').toUpperCase(),
    value: () => value,
  }))
}

/** `left` is in seconds; null where nothing expires. */
function dataOf(credentials: Credentials, endpoint: string, now: number): Record<string, unknown> {
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

function sentence({ method, subject, project }: CredentialsDescription): string {
  return [method, subject === undefined ? '' : `as ${subject}`, project === undefined ? '' : `for ${project}`]
    .filter((part) => part !== '')
    .join(' ')
}
