import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { textModules } from './text-modules.js'

/** .ci/run asks for a report to count from; people get the ordinary lines only. */
const report = process.env['OCCI_TEST_REPORT']

export default defineConfig({
  plugins: [textModules],
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/bench/**'],
    setupFiles: ['test/setup.ts'],
    // Files share a process, which loads and compiles the sources once: half of the time went into that. No
    // module of src keeps a state, and helpers clean up after each test (onTestFinished), not after a file.
    isolate: false,
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
