import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { textModules } from '../text-modules.js'

const tests = join(import.meta.dirname, '..')
/** Unit tests that try more here than there (support/thorough.ts). */
const thorough = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('integration'))
  .filter((path) => readFileSync(join(tests, path), 'utf8').includes('/support/thorough.js'))

/** Each measures time or memory, or needs most of the machine: one after the other, with nothing beside. */
const alone = ['auth/digest', 'fuzz', 'large', 'load', 'release', 'sandbox-processes'].map(
  (name) => `test/integration/${name}.test.ts`,
)

/**
 * Tests that start programs, and tests against real servers, fetched from Debian by the tests themselves into
 * a private folder. They fail, and say what is missing, where that cannot be done.
 */
const report = process.env['OCCI_TEST_REPORT']

export default defineConfig({
  plugins: [textModules],
  test: {
    root: new URL('../..', import.meta.url).pathname,
    env: { THOROUGH: '1' },
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/integration/**/*.test.ts', ...thorough.map((path) => `test/${path}`)],
          exclude: alone,
          // They share no port and no path, and wait for child processes half of the time.
          maxWorkers: Math.min(availableParallelism(), 4),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
