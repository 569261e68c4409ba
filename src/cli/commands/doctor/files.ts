import { join } from 'node:path'
import { formatDuration } from '../../../basics/amounts.js'
import { type Check, type Examination, type Finding, failed, ok, warning } from './check.js'

/** Milliseconds after which a lock is left over: guarded sections take seconds at most. */
const longestLock = 5 * 60_000

/**
 * The files that occi keeps: owner, mode, and locks that were left behind. A configuration that cannot be
 * read has ended the command before.
 */
export const files: Check = {
  name: 'files',
  doing: "Looking at occi's files",
  async run(examination) {
    const { config, cache, state } = examination.context.runtime.folders
    const findings = [
      ...(await owned(examination, [config, join(config, 'config.json'), cache, state])),
      ...(await locks(examination, [config, cache, state])),
    ]
    return findings.length > 0 ? findings : [ok(`configuration ${config}, caches ${cache}, state ${state}`)]
  },
}

async function owned({ probe }: Examination, paths: readonly string[]): Promise<readonly Finding[]> {
  const findings = paths.map(async (path): Promise<readonly Finding[]> => {
    const seen = await probe.inspect(path)
    if (seen === undefined) return []
    if (!seen.ownedByUser)
      return [failed(`${path} belongs to another user`, `sudo chown -R "$USER" '${path}'`)]
    const { mode } = seen
    if (mode === undefined || (mode & 0o077) === 0) return []
    const wanted = seen.kind === 'folder' ? '700' : '600'
    return [warning(`other users may open ${path} (mode ${mode.toString(8)})`, `chmod ${wanted} '${path}'`)]
  })
  return (await Promise.all(findings)).flat()
}

async function locks({ probe }: Examination, folders: readonly string[]): Promise<readonly Finding[]> {
  const found = (await Promise.all(folders.map((folder) => probe.locks(folder)))).flat()
  return found
    .filter(({ age }) => age > longestLock)
    .map(({ path, age }) =>
      warning(
        `a lock was left behind ${formatDuration(age)} ago: ${path}`,
        `Make sure that no occi is running, then: rm '${path}'`,
      ),
    )
}
