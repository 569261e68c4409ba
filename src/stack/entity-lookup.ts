/** Reads entities that were just created. Concurrent requests share one listing. */
import type { Client } from '../client/index.js'
import { locationKey } from '../client/index.js'
import { isIncompleteListing } from '../errors/errors.js'
import type { Entity } from '../model/index.js'

export class EntityLookup {
  private readonly client: Client
  private readonly kind: string
  private requests: { readonly url: string; readonly resolve: (entity: Entity | undefined) => void }[] = []
  private isBusy = false

  constructor(client: Client, kind: string) {
    this.client = client
    this.kind = kind
  }

  /** Reads the entity. Throws the errors of `describe`. */
  async describe(url: string): Promise<Entity> {
    const listed = await new Promise<Entity | undefined>((resolve) => {
      this.requests.push({ url, resolve })
      if (!this.isBusy) void this.run()
    })
    return listed ?? this.client.describe(url)
  }

  private async run(): Promise<void> {
    this.isBusy = true
    await new Promise((resolve) => setImmediate(resolve))
    while (this.requests.length > 0) {
      const requests = this.requests
      this.requests = []
      const found = requests.length < minForListing ? new Map<string, Entity>() : await this.listed()
      for (const { url, resolve } of requests) resolve(found.get(locationKey(url)))
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
      // Missing entities are described one by one, which yields the actual error.
      if (!isIncompleteListing(error)) return found
    }
    return found
  }
}

/** For fewer entities, a request for each is cheaper than a listing. */
const minForListing = 3
