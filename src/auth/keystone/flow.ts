/** Obtains a token with the wanted scope, in the same way for both API versions. */
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import { optionValue } from '../option-value.js'
import { tokenFromUser } from '../token.js'
import type { AuthContext } from '../types.js'
import type { Dialect, Project } from './dialect.js'
import type { Method } from './options.js'
import type { Scope } from './scope.js'
import type { KeystoneToken } from './token.js'

interface FlowSettings {
  readonly context: AuthContext
  readonly dialect: Dialect
  readonly method: Method
  readonly scope: Scope
}

/**
 * Throws AuthError if the user has no project, no project of the wanted name, or several and cannot be asked.
 */
export async function scopedToken(settings: FlowSettings): Promise<KeystoneToken> {
  const { context, dialect, method, scope } = settings
  const needsProject = scope.type === 'any-project' || scope.type === 'project'
  if (method === 'token' && needsProject) {
    const scoped = await ownScope(settings)
    if (scoped !== undefined) return scoped
  }
  const token = await dialect.login(scope)
  if (!needsProject || method === 'application-credential' || isScoped(token)) {
    context.log(
      `token until ${token.expires}${token.project === undefined ? '' : `, project ${plainText(token.project.name)}`}`,
    )
    return token
  }
  const projects = await dialect.projects(token)
  context.log(`projects: ${projects.map(({ name }) => plainText(name)).join(', ') || 'none'}`)
  if (
    scope.type === 'any-project' &&
    isOn(optionValue(context, 'project-auto'), 'project-auto') &&
    projects.length > 1
  ) {
    return firstAccessible(settings, token, projects)
  }
  const project = await chooseProject(settings, token, projects)
  return dialect.rescope(token.id, project)
}

/** The user's token, if it already has the wanted scope; otherwise undefined. */
async function ownScope({ context, dialect, scope }: FlowSettings): Promise<KeystoneToken | undefined> {
  const userToken = await tokenFromUser(context, 'token', 'Keystone token')
  if (userToken === undefined) return undefined
  const scoped = await dialect.inspect(userToken)
  if (scoped?.project === undefined) return undefined
  if (
    scope.type === 'project' &&
    scoped.project.id !== scope.nameOrId &&
    scoped.project.name !== scope.nameOrId
  ) {
    return undefined
  }
  return scoped
}

function isScoped(token: KeystoneToken): boolean {
  return token.project !== undefined || token.domain !== undefined || token.system === true
}

async function chooseProject(
  { context, scope }: FlowSettings,
  token: KeystoneToken,
  projects: readonly Project[],
): Promise<Project> {
  const userName = plainText(token.user?.name ?? 'the user')
  const names = projects.map(({ name }) => plainText(name))
  const wanted = scope.type === 'project' ? scope.nameOrId : undefined
  const matching =
    wanted === undefined
      ? projects
      : projects.filter(({ id }) => id === wanted).concat(projects.filter(({ name }) => name === wanted))
  const [first] = matching
  if (first === undefined && wanted !== undefined && projects.length > 0) {
    throw new AuthError(`${userName} has no project "${plainText(wanted)}"`, {
      hint: `Give \`project\` one of: ${names.join(', ')}.`,
      facts: { projects },
    })
  }
  if (first === undefined) {
    throw new AuthError(`You are authenticated as ${userName} but have no project`, {
      hint: 'Ask the operators of the site whether they map your VO or group to a project, and tell them the user.',
      facts: { user: token.user },
    })
  }
  if (matching.length === 1 || first.id === wanted) return first
  return askForProject(context, matching)
}

async function askForProject(context: AuthContext, projects: readonly Project[]): Promise<Project> {
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

/** Returns a token for the first project that grants one, like rOCCI. Errors of the others are logged. */
async function firstAccessible(
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
  throw new AuthError(`Keystone issues no token for any of your ${projects.length} projects`, {
    hint: `Give \`project\` one of: ${projects.map(({ name }) => plainText(name)).join(', ')}.`,
    facts: { projects },
  })
}
