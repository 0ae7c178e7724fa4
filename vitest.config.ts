import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Not `vmThreads`: there `using` looks for another Symbol.dispose than the one our classes have.
    pool: 'forks',
    // The generated loader is CommonJS and picks the addon at run time: Node loads it, not the test transform.
    server: { deps: { external: [/\/src\/native\/binding\.js$/] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
