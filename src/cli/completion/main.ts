/**
 * Where the launcher comes in for `occi __complete`: a bundle of its own (bin/bundle.mjs) that holds what an
 * answer from the caches needs, since the shell waits for it at each Tab. What it leaves to a package or to the
 * rest of the program is not there: then there is no answer.
 */
import { folders as foldersOf, homeFolder, workingFolder } from '../../config/index.js'
import { readSettings } from '../runtime/settings.js'
import { complete } from './complete.js'

/** Answers the exit status. */
export async function main(argv: readonly string[] = process.argv.slice(3)): Promise<number> {
  const home = homeFolder()
  const folders = foldersOf(process.env, process.platform, home)
  const place = {
    env: process.env,
    folders,
    platform: process.platform,
    cwd: workingFolder(),
    home,
    uid: process.getuid?.(),
  }
  return complete(argv, {
    folders,
    environment: (name) => process.env[name],
    settings: (request) => readSettings(request, place),
    write: (text) =>
      new Promise((done) => {
        process.stdout.write(text, () => done())
      }),
  })
}
