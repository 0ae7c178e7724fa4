// npm start: from a fresh clone to a back-test.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, main, must, root, run, step, StepFailed, tool } from './steps.mjs'

await main(async () => {
  await build()
  await step('compile the examples', () => must(process.execPath, [tool('typescript'), '-p', 'packages/examples']).then(() => ''))
  process.stdout.write('\n')
  const { code } = await run(process.execPath, ['packages/examples/dist/start.mjs'], { inherit: true })
  if (code !== 0) throw new StepFailed('')
  const others = readdirSync(join(root, 'packages/examples')).filter((name) => name.endsWith('.mts') && name !== 'start.mts').sort()
  const title = (name) => /^\/\/ ?(.*)$/m.exec(readFileSync(join(root, 'packages/examples', name), 'utf8'))?.[1] ?? ''
  process.stdout.write('\nThat was packages/examples/start.mts.')
  if (others.length > 0) process.stdout.write(` Others to run with node:\n${others.map((name) => `  packages/examples/dist/${name.replace('.mts', '.mjs')}  ${title(name)}`).join('\n')}`)
  process.stdout.write('\n')
})
