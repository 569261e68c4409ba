/**
 * Entry point of `occi __complete`: a separate bundle (bin/bundle.mjs) with only the code that answers from
 * caches, since the user waits for it at each Tab. The answer to a question that needs other parts of the program
 * is empty.
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

/**
 * Writes to standard output without a stream, because a stream loads eighteen modules of Node. If that fails, writes
 * the remaining bytes to the stream.
 */
async function write(text: string): Promise<void> {
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written)
  } catch {
    // A non-blocking pipe is full, or the pipe is closed.
    await new Promise((resolve) => process.stdout.write(bytes.subarray(written), resolve))
  }
}
