import { join } from 'node:path'
import { formatDuration } from '../../../basics/amounts.js'
import { type Check, type Examination, type Finding, failed, ok, warning } from './check.js'

/** Milliseconds after which a lock counts as abandoned. A process holds a lock for seconds at most. */
const maxLockAge = 5 * 60_000

/**
 * Checks the owner and permissions of occi's files, and searches for abandoned locks. It does not check whether the
 * configuration is readable, since the command would have failed earlier.
 */
export const files: Check = {
  name: 'files',
  progress: "Checking occi's files",
  async run(examination) {
    const { config, cache, state } = examination.context.runtime.folders
    const findings = [
      ...(await unsafePermissions(examination, [config, join(config, 'config.json'), cache, state])),
      ...(await abandonedLocks(examination, [config, cache, state])),
    ]
    return findings.length > 0 ? findings : [ok(`configuration ${config}, caches ${cache}, state ${state}`)]
  },
}

async function unsafePermissions(
  { probe }: Examination,
  paths: readonly string[],
): Promise<readonly Finding[]> {
  const findings = paths.map(async (path): Promise<readonly Finding[]> => {
    const file = await probe.inspect(path)
    if (file === undefined) return []
    if (!file.ownedByUser)
      return [failed(`${path} belongs to another user`, `sudo chown -R "$USER" '${path}'`)]
    const { mode } = file
    if (mode === undefined || (mode & 0o077) === 0) return []
    const safeMode = file.kind === 'folder' ? '700' : '600'
    return [warning(`other users can open ${path} (mode ${mode.toString(8)})`, `chmod ${safeMode} '${path}'`)]
  })
  return (await Promise.all(findings)).flat()
}

async function abandonedLocks(
  { probe }: Examination,
  folders: readonly string[],
): Promise<readonly Finding[]> {
  const locks = (await Promise.all(folders.map((folder) => probe.locks(folder)))).flat()
  return locks
    .filter(({ age }) => age > maxLockAge)
    .map(({ path, age }) =>
      warning(
        `a lock was abandoned ${formatDuration(age)} ago: ${path}`,
        `Make sure that no occi is running, then: rm '${path}'`,
      ),
    )
}
