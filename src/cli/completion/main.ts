/**
 * Entry point of `occi __complete`: a separate bundle (bin/bundle.mjs) with only the code that answers from
 * caches, since the shell waits for it at each Tab. Questions that need a package or other parts of the
 * program get no answer.
 */
import { folders as foldersOf, homeFolder, workingFolder } from '../../config/index.js'
import { readSettings } from '../runtime/settings.js'
import { complete } from './complete.js'

/** Returns the exit status. */
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
