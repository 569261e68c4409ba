/** Obtains a token with the wanted scope for an identity, in the same way for both versions. */
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import { givenToken } from '../token.js'
import type { AuthContext } from '../types.js'
import type { Dialect, Project } from './dialect.js'
import { given, type Method } from './options.js'
import type { Scope } from './scope.js'
import type { KeystoneToken } from './token.js'

interface FlowSettings {
  readonly context: AuthContext
  readonly dialect: Dialect
  readonly method: Method
  readonly scope: Scope
}

/**
 * Throws AuthError when there is no project, no project of that name, or a choice that the user cannot be
 * asked for.
 */
export async function scopedToken(settings: FlowSettings): Promise<KeystoneToken> {
  const { context, dialect, method, scope } = settings
  const asked = scope.type === 'any-project' || scope.type === 'project'
  if (method === 'token' && asked) {
    const own = await ownScope(settings)
    if (own !== undefined) return own
  }
  const token = await dialect.login(scope)
  if (!asked || method === 'application-credential' || isScoped(token)) {
    context.log(
      `token until ${token.expires}${token.project === undefined ? '' : `, project ${plainText(token.project.name)}`}`,
    )
    return token
  }
  const projects = await dialect.projects(token)
  context.log(`projects: ${projects.map(({ name }) => plainText(name)).join(', ') || 'none'}`)
  if (
    scope.type === 'any-project' &&
    isOn(given(context, 'project-auto'), 'project-auto') &&
    projects.length > 1
  ) {
    return firstThatWorks(settings, token, projects)
  }
  const project = await chosen(settings, token, projects)
  return dialect.rescope(token.id, project)
}

/** A token given by the user may be scoped already; then it is used as it is. */
async function ownScope({ context, dialect, scope }: FlowSettings): Promise<KeystoneToken | undefined> {
  const given = await givenToken(context, 'token', 'Keystone token')
  if (given === undefined) return undefined
  const own = await dialect.inspect(given)
  if (own?.project === undefined) return undefined
  if (scope.type === 'project' && own.project.id !== scope.nameOrId && own.project.name !== scope.nameOrId) {
    return undefined
  }
  return own
}

function isScoped(token: KeystoneToken): boolean {
  return token.project !== undefined || token.domain !== undefined || token.system === true
}

async function chosen(
  { context, scope }: FlowSettings,
  token: KeystoneToken,
  projects: readonly Project[],
): Promise<Project> {
  const userName = plainText(token.user?.name ?? 'the user')
  const names = projects.map(({ name }) => plainText(name))
  const wanted = scope.type === 'project' ? scope.nameOrId : undefined
  const fitting =
    wanted === undefined
      ? projects
      : projects.filter(({ id }) => id === wanted).concat(projects.filter(({ name }) => name === wanted))
  const [first] = fitting
  if (first === undefined && wanted !== undefined && projects.length > 0) {
    throw new AuthError(`${userName} has no project "${plainText(wanted)}"`, {
      hint: `Give \`project\` one of: ${names.join(', ')}.`,
      facts: { projects },
    })
  }
  if (first === undefined) {
    throw new AuthError(`You are authenticated as ${userName} but have no project`, {
      hint: 'Does the site map your VO or group to a project? Ask its operators, naming the user.',
      facts: { user: token.user },
    })
  }
  if (fitting.length === 1 || first.id === wanted) return first
  return ask(context, fitting)
}

async function ask(context: AuthContext, projects: readonly Project[]): Promise<Project> {
  const names = new Set(projects.map(({ name }) => name))
  let answer: string
  try {
    answer = await context.choose(
      'Which project?',
      projects.map(({ id, name, domain }) => ({
        value: id,
        label: `${plainText(name)} (${domain === undefined ? '' : `domain ${plainText(domain)}, `}id ${plainText(id)})`,
      })),
    )
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    const list = projects.map(({ id, name }) =>
      names.size === projects.length ? plainText(name) : plainText(id),
    )
    throw new AuthError(`You have ${projects.length} projects, and none was chosen`, {
      hint: `Give \`project\` (OS_PROJECT_NAME), one of: ${list.join(', ')}; or \`project-auto\`.`,
      facts: { projects },
    })
  }
  const found = projects.find(({ id }) => id === answer)
  if (found === undefined) throw new AuthError('No project was chosen', { hint: 'Give `project`.' })
  return found
}

/** Like rOCCI: the first tenant that grants a token counts. The errors of the others are logged. */
async function firstThatWorks(
  { context, dialect }: FlowSettings,
  token: KeystoneToken,
  projects: readonly Project[],
): Promise<KeystoneToken> {
  for (const project of projects) {
    try {
      return await dialect.rescope(token.id, project)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      context.log(`project ${plainText(project.name)}: ${error.message}`)
    }
  }
  throw new AuthError(`None of your ${projects.length} projects gives a token`, {
    hint: `Give \`project\` one of: ${projects.map(({ name }) => plainText(name)).join(', ')}.`,
    facts: { projects },
  })
}
