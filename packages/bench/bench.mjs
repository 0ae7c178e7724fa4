// npm run bench [-- --json FILE] [--repetitions N] [--only ROW,ROW]: builds what it measures, then measures it.
import { join } from 'node:path'
import { main, root, run, StepFailed } from '../../.ci/steps.mjs'
import { build, buildOracle, sampleFile } from './build.mjs'

await main(async () => {
  await build()
  const oracle = await buildOracle()
  process.stdout.write('\n')
  const peer = 'file' in oracle ? ['--oracle', oracle.file] : ['--oracle-missing', oracle.missing]
  const sample = sampleFile()
  const args = [join(root, 'packages/bench/dist/main.mjs'), ...peer, ...(sample ? ['--sample', sample] : []), ...process.argv.slice(2)]
  const { code } = await run(process.execPath, args, { inherit: true })
  if (code !== 0) throw new StepFailed('')
})
