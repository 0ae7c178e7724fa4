// CommonJS, as everything in this package is that does not say otherwise by its extension.
module.exports = {
  test: {
    include: ['tests/**/*.test.ts'],
    // Not `vmThreads`: there `using` looks for another Symbol.dispose than the one our classes have.
    pool: 'forks',
    // The loader is CommonJS and picks the addon at run time: Node loads it, not the test transform.
    server: { deps: { external: [/\/src\/native\/(loader|binding)\.js$/] } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
} satisfies import('vitest/config').ViteUserConfig
