/** Obtains a token with the requested scope, in the same way for both versions of Keystone. */
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
 * Returns a token with the requested scope. Throws AuthError if the user has no project, no project of the requested
 * name, or several projects and there is no terminal for the choice.
 */
export async function scopedToken(settings: FlowSettings): Promise<KeystoneToken> {
  const { context, dialect, method, scope } = settings
  const needsProject = scope.type === 'any-project' || scope.type === 'project'
  if (method === 'token' && needsProject) {
    const userToken = await scopedUserToken(settings)
    if (userToken !== undefined) return userToken
  }
  const token = await dialect.login(scope)
  // An application credential is bound to its project.
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

/** Returns the user's token if it already has the requested scope; otherwise undefined. */
async function scopedUserToken({
  context,
  dialect,
  scope,
}: FlowSettings): Promise<KeystoneToken | undefined> {
  const userToken = await tokenFromUser(context, 'token', 'Keystone token')
  if (userToken === undefined) return undefined
  const inspected = await dialect.inspect(userToken)
  if (inspected?.project === undefined) return undefined
  if (
    scope.type === 'project' &&
    inspected.project.id !== scope.nameOrId &&
    inspected.project.name !== scope.nameOrId
  ) {
    return undefined
  }
  return inspected
}

function isScoped(token: KeystoneToken): boolean {
  return token.project !== undefined || token.domain !== undefined || token.system === true
}

async function chooseProject(
  { context, scope }: FlowSettings,
  token: KeystoneToken,
  projects: readonly Project[],
): Promise<Project> {
  const userName = token.user?.name === undefined ? undefined : plainText(token.user.name)
  const names = projects.map(({ name }) => plainText(name))
  const requestedProject = scope.type === 'project' ? scope.nameOrId : undefined
  const matching =
    requestedProject === undefined
      ? projects
      : projects
          .filter(({ id }) => id === requestedProject)
          .concat(projects.filter(({ name }) => name === requestedProject))
  const [first] = matching
  if (first === undefined && requestedProject !== undefined && projects.length > 0) {
    throw new AuthError(
      `${userName === undefined ? 'You have' : `${userName} has`} no project "${plainText(requestedProject)}"`,
      {
        hint: `Set \`project\` to one of: ${names.join(', ')}.`,
        facts: { projects },
      },
    )
  }
  if (first === undefined) {
    const advice = 'ask whether your virtual organisation (VO) or group has a project.'
    throw new AuthError(
      `You are authenticated${userName === undefined ? '' : ` as ${userName}`} but have no project`,
      {
        hint:
          userName === undefined
            ? `Contact the operators of the site, and ${advice}`
            : `Tell the operators of the site this user name, and ${advice}`,
        facts: { user: token.user },
      },
    )
  }
  if (matching.length === 1 || first.id === requestedProject) return first
  return askForProject(context, matching)
}

async function askForProject(context: AuthContext, projects: readonly Project[]): Promise<Project> {
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
    const areNamesUnique = new Set(projects.map(({ name }) => name)).size === projects.length
    const list = projects.map(({ id, name }) => plainText(areNamesUnique ? name : id))
    throw new AuthError(`You have ${projects.length} projects, and none was chosen`, {
      hint: `Give \`project\` (OS_PROJECT_NAME), one of: ${list.join(', ')}; or \`project-auto\`.`,
      facts: { projects },
    })
  }
  const project = projects.find(({ id }) => id === answer)
  if (project === undefined) throw new AuthError('No project was chosen', { hint: 'Give `project`.' })
  return project
}

/**
 * Returns a token for the first project for which Keystone issues one, as rOCCI does. Refusals for earlier projects are
 * logged.
 */
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
    hint: 'Ask the operators of the site which project you may use.',
    facts: { projects },
  })
}
