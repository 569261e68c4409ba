import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const tests = join(import.meta.dirname, '..')
/** Unit tests that try more here than there (support/thorough.ts). */
const thorough = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('integration'))
  .filter((path) => readFileSync(join(tests, path), 'utf8').includes('/support/thorough.js'))

/**
 * Tests that start programs, and tests against real servers, fetched from Debian by the tests themselves into
 * a private folder. They fail, and say what is missing, where that cannot be done.
 */
const report = process.env['OCCI_TEST_REPORT']

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/integration/**/*.test.ts', ...thorough.map((path) => `test/${path}`)],
    env: { THOROUGH: '1' },
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
