// The tests of the tarballs in artifacts/, apart from the others: they need `npm run pack`, and install tools of their own.
module.exports = {
  test: {
    root: __dirname,
    include: ['**/*.packed.ts'],
    pool: 'forks',
    // npm, compilers and runtimes use both cores by themselves.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
} satisfies import('vitest/config').ViteUserConfig
