/** Stores the cloud of a sandbox. Operations run one at a time, and one that throws changes nothing. */
import { Cloud } from './cloud.js'
import type { Change } from './record.js'

export interface Store {
  /** Runs an operation that changes nothing. */
  read<T>(operation: (cloud: Cloud) => T): Promise<T>
  /** Runs an operation that may change the cloud. Its changes are stored before the promise resolves. */
  update<T>(operation: (cloud: Cloud) => T): Promise<T>
  close(): Promise<void>
}

/** A store in memory, which is lost when the process ends. */
export function memoryStore(seed: readonly Change[] = []): Store {
  const cloud = new Cloud()
  for (const change of seed) cloud.apply(change)
  return {
    read: async (operation) => operation(cloud),
    update: async (operation) => cloud.attempt(() => operation(cloud)).result,
    close: async () => {},
  }
}
