/**
 * Entry point of `occi __complete`: a separate bundle (bin/bundle.mjs) with only the code that answers from
 * caches, since the shell waits for it at each Tab. Questions that need a package or other parts of the
 * program get no answer.
 */
import { processPlace, readSettings } from '../runtime/settings.js'
import { complete } from './complete.js'

/** Returns the exit status. The words begin with `__complete`. */
export async function main([, ...argv]: readonly string[]): Promise<number> {
  const place = processPlace()
  return complete(argv, {
    folders: place.folders,
    environment: (name) => process.env[name],
    settings: (request) => readSettings(request, place),
    write: (text) =>
      new Promise((done) => {
        process.stdout.write(text, () => done())
      }),
  })
}
