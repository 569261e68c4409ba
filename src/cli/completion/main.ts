/**
 * Entry point of `occi __complete`: a separate bundle (bin/bundle.mjs) with only the code that answers from
 * caches, since the user waits for it at each Tab. A request for completions that would need other parts of
 * the program gets an empty answer.
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
 * Writes to standard output without a stream, because a stream loads eighteen modules of Node. If a non-blocking
 * pipe is full, writes the remaining bytes to the stream. Throws the error of a closed pipe.
 */
async function write(text: string): Promise<void> {
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    // Without a listener, the error of a pipe that is closed meanwhile would be printed with a stack trace.
    process.stdout.on('error', () => {})
    await new Promise((resolve) => process.stdout.write(bytes.subarray(written), resolve))
  }
}
