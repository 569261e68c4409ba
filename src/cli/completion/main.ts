/**
 * Entry point of `occi __complete`: a separate bundle (bin/bundle.mjs) with only the code that answers from
 * caches, since the user waits for it at each Tab. Questions that need a package or other parts of the
 * program get an empty answer.
 */

import { Buffer } from 'node:buffer'
import { writeSync } from 'node:fs'
import { processSurroundings, readSettings } from '../runtime/settings.js'
import type { Installation } from '../runtime.js'
import { complete } from './complete.js'

/** Returns the exit status. The words begin with `__complete`. */
export async function main(
  [, ...argv]: readonly string[],
  { command }: Pick<Installation, 'command'>,
): Promise<number> {
  const surroundings = processSurroundings()
  return complete(argv, {
    command,
    folders: surroundings.folders,
    environment: (name) => process.env[name],
    settings: (request) => readSettings(request, surroundings),
    write,
  })
}

/** Without a stream, which would load eighteen of Node's own modules. What was not accepted goes to one. */
async function write(text: string): Promise<void> {
  const bytes = Buffer.from(text)
  let done = 0
  try {
    while (done < bytes.length) done += writeSync(1, bytes, done)
  } catch {
    // The pipe is full and does not block, or it is closed.
    await new Promise((written) => process.stdout.write(bytes.subarray(done), written))
  }
}
