/** Where a sandbox keeps its cloud. One operation at a time sees it; what an operation threw leaves no trace. */
import { Cloud } from './cloud.js'
import type { Change } from './record.js'

export interface Store {
  /** Runs an operation that only looks. */
  read<T>(operation: (cloud: Cloud) => T): Promise<T>
  /** Runs an operation that may write. When this resolves, its changes are kept. */
  update<T>(operation: (cloud: Cloud) => T): Promise<T>
  close(): Promise<void>
}

/** A cloud that is forgotten with the process. */
export function memoryStore(seed: readonly Change[] = []): Store {
  const cloud = new Cloud()
  for (const change of seed) cloud.apply(change)
  return {
    read: async (operation) => operation(cloud),
    update: async (operation) => cloud.attempt(() => operation(cloud)).result,
    close: async () => {},
  }
}
