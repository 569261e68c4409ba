'use strict'
/**
 * Preloaded by loads.test.ts (node --require): at exit it writes what the process has loaded to the file that
 * LOADS names. `coverage` tells which functions of which scripts ran; its session loads builtins of its own, so
 * `builtins` is told without it.
 */
const { writeFileSync } = require('node:fs')
const { env } = process
const file = env.LOADS

if (env.LOADS_OF === 'builtins') {
  const before = new Set(process.moduleLoadList)
  process.on('exit', () => {
    const loaded = process.moduleLoadList.filter((name) => !before.has(name))
    writeFileSync(file, JSON.stringify(loaded))
  })
} else {
  const { Session } = require('node:inspector')
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: false })
  process.on('exit', () => {
    session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      writeFileSync(file, JSON.stringify(error === null ? coverage.result : { error }))
    })
  })
}
