/** Looks at entities that were just created: all that ask at the same time share one listing. */
import type { Client } from '../client/index.js'
import { locationKey } from '../client/index.js'
import { isIncomplete } from '../errors/errors.js'
import type { Entity } from '../model/index.js'

export class Looking {
  private readonly client: Client
  private readonly kind: string
  private asked: { readonly url: string; readonly answer: (entity: Entity | undefined) => void }[] = []
  private isBusy = false

  constructor(client: Client, kind: string) {
    this.client = client
    this.kind = kind
  }

  /** The entity as it is now. Throws as `describe` does. */
  async at(url: string): Promise<Entity> {
    const listed = await new Promise<Entity | undefined>((answer) => {
      this.asked.push({ url, answer })
      if (!this.isBusy) void this.look()
    })
    return listed ?? this.client.describe(url)
  }

  private async look(): Promise<void> {
    this.isBusy = true
    await new Promise((resolve) => setImmediate(resolve))
    while (this.asked.length > 0) {
      const asked = this.asked
      this.asked = []
      const found = asked.length < fewest ? new Map<string, Entity>() : await this.listed()
      for (const { url, answer } of asked) answer(found.get(locationKey(url)))
    }
    this.isBusy = false
  }

  private async listed(): Promise<Map<string, Entity>> {
    const found = new Map<string, Entity>()
    const { listings } = await this.client.provider()
    if (listings !== 'entities' || this.kind === '') return found
    try {
      for await (const entity of this.client.list(this.kind)) {
        if (entity.location !== undefined) found.set(locationKey(entity.location), entity)
      }
    } catch (error) {
      // Whatever is missing is described, which tells what is wrong.
      if (!isIncomplete(error)) return found
    }
    return found
  }
}

/** For fewer, one request each costs less than a listing. */
const fewest = 3
