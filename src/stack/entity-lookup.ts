/** Reads entities that were just created. Concurrent calls share one listing. */
import type { Client } from '../client/index.js'
import { locationKey } from '../client/index.js'
import type { Entity } from '../model/index.js'

/** Reads entities of one kind. */
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
      if (!this.isBusy) void this.answerRequests()
    })
    return listed ?? this.client.describe(url)
  }

  private async answerRequests(): Promise<void> {
    this.isBusy = true
    await new Promise((resolve) => setImmediate(resolve))
    while (this.requests.length > 0) {
      const requests = this.requests
      this.requests = []
      const listed = requests.length < minForListing ? new Map<string, Entity>() : await this.listByLocation()
      for (const { url, resolve } of requests) resolve(listed.get(locationKey(url)))
    }
    this.isBusy = false
  }

  /** The listed entities by location key; empty if the provider lists only locations. */
  private async listByLocation(): Promise<Map<string, Entity>> {
    const listed = new Map<string, Entity>()
    try {
      const { listings } = await this.client.provider()
      if (listings !== 'entities' || this.kind === '') return listed
      for await (const entity of this.client.list(this.kind)) {
        if (entity.location !== undefined) listed.set(locationKey(entity.location), entity)
      }
    } catch {
      // Entities that are missing in the listing are described one by one, which yields the actual error.
    }
    return listed
  }
}

/** The number of entities from which a listing is cheaper than a request for each. */
const minForListing = 3
