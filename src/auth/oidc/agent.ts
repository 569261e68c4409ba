/** Requests an access token from oidc-agent over its socket: one JSON request, one JSON answer. */
import { shellWord } from '../../basics/shell-word.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { numberAt, parseJson, textAt } from '../json.js'
import { pathVariable } from '../path-variable.js'
import type { AuthContext } from '../types.js'
import { dateOfSeconds } from './claims.js'

interface AgentToken {
  readonly access: string
  readonly expires: Date | undefined
  readonly issuer: string | undefined
}

/**
 * Requests a token for an account. Throws AuthError when no agent can be reached, the account is unknown or the agent
 * is locked.
 */
export async function tokenFromAgent(context: AuthContext, account: string): Promise<AgentToken> {
  const loadCommand = `oidc-add ${shellWord(plainText(account))}`
  const startCommands = `eval "$(oidc-agent)"; ${loadCommand}`
  const socket = pathVariable(context.env, 'OIDC_SOCK')
  if (socket === undefined) {
    throw new AuthError('OIDC_SOCK is not set, so oidc-agent cannot be reached', {
      hint: `Start it in this shell: ${startCommands}`,
    })
  }
  // min_valid_period is in seconds.
  const request = {
    request: 'access_token',
    account,
    min_valid_period: 60,
    application_hint: 'occi',
  }
  let answer: string
  try {
    answer = await context.machine.askSocket(socket, JSON.stringify(request))
  } catch (cause) {
    throw new AuthError(`oidc-agent does not answer at ${plainText(socket)}`, {
      hint: `If it has stopped, start it again: ${startCommands}`,
      cause,
    })
  }
  const body = parseJson(answer)
  const access = textAt(body, 'access_token')
  if (access === undefined) {
    const reason = plainText(textAt(body, 'error') ?? 'no reason given').slice(0, 200)
    throw new AuthError(`oidc-agent gives no token for the account ${plainText(account)}: ${reason}`, {
      hint: /\block/i.test(reason) ? 'Unlock it: oidc-add --unlock' : `Load it: ${loadCommand}`,
    })
  }
  context.log(`oidc-agent gave a token for ${plainText(account)}`)
  return {
    access,
    expires: dateOfSeconds(numberAt(body, 'expires_at')),
    issuer: textAt(body, 'issuer'),
  }
}
