/** `occi storage create --attach-to VM`: links the new volume with a machine. */

import { shellWord } from '../../../basics/shell-word.js'
import type { Client, Created, NewLink } from '../../../client/index.js'
import {
  isOutcomeUncertain,
  OcciError,
  PartialError,
  UsageError,
  withFacts,
  withHint,
} from '../../../errors/errors.js'
import { COMPUTE, type Entity, STORAGE, STORAGE_LINK, stateOf } from '../../../model/index.js'
import type { CommandContext } from '../../context.js'
import type { OutputRecord } from '../../output/types.js'
import { entityRecord, lastSegment, locationRecord } from '../../records/entity.js'
import { nameOptionOnError } from '../../values/option-errors.js'
import type { CreatePart, FollowUp } from '../base/noun.js'
import { findTarget } from '../base/targets.js'
import { requestedStateOf, waitFor } from '../base/wait-options.js'
import type { Target } from '../base/where-filter.js'

export const attachPart: CreatePart = {
  options: [
    {
      name: 'attach-to',
      value: 'VM',
      description: 'attach it to this machine as soon as it is online',
      completion: { of: 'entity', kind: COMPUTE },
      env: 'none',
    },
    {
      name: 'mountpoint',
      value: 'PATH',
      description: 'with --attach-to, the device name of the volume in the machine: /dev/vdb',
      env: 'none',
    },
  ],
  async apply(context, draft) {
    const { options } = context
    const word = options.text('attach-to')
    const mountpoint = options.text('mountpoint')
    if (word === undefined) {
      if (mountpoint === undefined) return
      throw new UsageError('--mountpoint requires --attach-to', {
        hint: 'Name the machine with --attach-to, or attach the volume later: occi compute link VM VOLUME --mountpoint PATH.',
        at: '--mountpoint',
      })
    }
    if (mountpoint !== undefined && (options.text('count') ?? '1') !== '1') {
      throw new UsageError('--mountpoint and --count cannot be used together', {
        hint: 'Use only one of them: two volumes cannot have the same mount point.',
        at: '--mountpoint',
      })
    }
    // Looked up before the volume is created, so that a wrong name changes nothing.
    const machine = await nameOptionOnError('--attach-to', () =>
      findTarget(draft.client, word, COMPUTE, context),
    )
    draft.followUps.push(attachStep(draft.client, machine, mountpoint))
  },
}

/** Returns the step that waits until the volume is online and links it with a machine. */
function attachStep(client: Client, machine: Target, mountpoint: string | undefined): FollowUp {
  return async (context, { location, title, isNew }) => {
    const { signal } = context
    const name = title ?? lastSegment(location) ?? location
    const command = [
      `occi compute link ${shellWord(machine.name)} ${shellWord(lastSegment(location) ?? location)}`,
      ...(mountpoint === undefined ? [] : [`--mountpoint ${shellWord(mountpoint)}`]),
    ].join(' ')
    if (!isNew) {
      const attachment = await attachmentOf(client, machine, location, context)
      if (attachment !== undefined) {
        context.inform(`${name} is attached to ${machine.name} already.`)
        return { attachment: entityRecord(attachment).data }
      }
    }
    const newLink: NewLink = {
      target: location,
      targetKind: STORAGE,
      kind: STORAGE_LINK,
      ...(mountpoint === undefined ? {} : { attributes: { 'occi.storagelink.mountpoint': mountpoint } }),
    }
    const facts = isNew ? { created: location } : {}
    let link: Created
    let isSent = false
    try {
      await waitUntilOnline(client, location, name, context)
      context.progress.show(`Attaching ${name} to ${machine.name}`)
      isSent = true
      link = await client.link(machine.entity ?? machine.location, newLink, { signal })
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      const mayBeAttached = isSent && (error.code === 'outcome-unknown' || isOutcomeUncertain(error))
      const message = `${name} was created, but ${mayBeAttached ? 'may not be' : 'is not'} attached to ${machine.name}: ${error.message}`
      const hint = mayBeAttached
        ? `The volume exists. See whether it is attached: occi compute describe ${shellWord(machine.name)}. If it is not: ${command}`
        : `The volume exists. To attach it: ${command}`
      // If the link was certainly not created, the new volume is unused and is deleted again.
      if (isNew && isRefusal(error))
        throw new PartialError(message, [{ target: machine.name, error }], { hint, facts, cause: error })
      context.fail(withHint(withFacts(error, facts, isNew ? message : error.message), hint))
      return {}
    }
    const asMountpoint = mountpoint === undefined ? '' : ` as ${mountpoint}`
    let { entity }: { entity?: Entity } = link
    try {
      // --wait names a state of the volume. With it, the link is waited for as well.
      if (requestedStateOf(context, 'online', STORAGE) !== undefined)
        entity = await waitFor(context, client, link.location, 'the link', { for: 'state', state: 'active' })
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      // The link exists, so nothing is deleted, and the command that attaches the volume is no help.
      context.fail(
        withFacts(
          error,
          facts,
          `${name} was attached to ${machine.name}${asMountpoint}, but the link is not known to be active: ${error.message}`,
        ),
      )
      return { attachment: attachmentData(link.location, entity) }
    }
    context.inform(`Attached ${name} to ${machine.name}${asMountpoint}.`)
    return { attachment: attachmentData(link.location, entity ?? link.entity) }
  }
}

function attachmentData(location: string, entity: Entity | undefined): OutputRecord['data'] {
  return (entity === undefined ? locationRecord(location) : entityRecord(entity)).data
}

/** The existing link between a machine and a volume. */
async function attachmentOf(
  client: Client,
  machine: Target,
  location: string,
  { signal }: CommandContext,
): Promise<Entity | undefined> {
  const { sameLocation } = await import('../../../client/index.js')
  const entity = await client.describe(machine.location, { signal })
  if (entity.type !== 'resource') return undefined
  return entity.links.find(({ target }) => target !== undefined && sameLocation(target.location, location))
}

/**
 * Waits until the volume is online, since providers refuse to attach it earlier. A volume without a state counts as
 * online.
 */
async function waitUntilOnline(
  client: Client,
  location: string,
  name: string,
  context: CommandContext,
): Promise<void> {
  if (context.preview !== undefined) return
  const { signal } = context
  const volume = await client.describe(location, { signal })
  const state = stateOf(volume, await client.model({ signal }))
  if (state === undefined || state === 'online') return
  await waitFor(context, client, location, name, { for: 'state', state: 'online' }, { known: volume })
}

/**
 * Whether an error before or during the creation of the link says that it was certainly not created, and will not be.
 */
function isRefusal(error: OcciError): boolean {
  if (['timeout', 'wait-failed', 'cancelled', 'outcome-unknown'].includes(error.code)) return false
  return !isOutcomeUncertain(error)
}
