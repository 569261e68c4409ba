/** Reads a machine with its links. */
import type { Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import { COMPUTE, type Resource, termOf } from '../../../model/index.js'
import type { ProviderAccess, Surroundings } from '../../context.js'
import { findTarget } from '../base/targets.js'
import type { Target } from '../base/where-filter.js'

/** Finds a machine by name and reads it. Throws NotFoundError, AmbiguousError, and UsageError for a link. */
export async function findMachine(context: Surroundings & ProviderAccess, name: string): Promise<Resource> {
  const client = await context.client()
  return readMachine(context, client, await findTarget(client, name, COMPUTE, context))
}

/** Returns the machine of a target, and reads it if the target has no entity. Throws UsageError for a link. */
export async function readMachine(
  { signal }: Surroundings,
  client: Client,
  { name, location, entity }: Target,
): Promise<Resource> {
  const machine = entity ?? (await client.describe(location, { signal }))
  if (machine.type === 'resource') return machine
  throw new UsageError(`${name} is not a machine but a ${termOf(machine.kind)}`, {
    hint: '"occi compute list" lists the machines.',
    at: 'NAME',
  })
}
