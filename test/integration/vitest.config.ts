import { defineConfig } from 'vitest/config'

/**
 * Tests against real servers, fetched from Debian by the tests themselves into a private folder. They fail,
 * and say what is missing, where that cannot be done.
 */
const report = process.env['OCCI_TEST_REPORT']

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/integration/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
