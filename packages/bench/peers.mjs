// npm run bench:peers [-- --json FILE] [--repetitions N]: hftbacktest on the same rows, beside ours, in one run.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main, must, root, run, step, StepFailed } from '../../.ci/steps.mjs'
import { build, sampleFile } from './build.mjs'

const PACKAGES = ['hftbacktest==2.4.4']
const here = dirname(fileURLToPath(import.meta.url))
const folder = join(here, '.venv')
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

/** A virtual environment of its own, so that nothing of the machine's Python changes. */
async function installPeers() {
  if (!existsSync(python)) await must('python3', ['-m', 'venv', folder])
  if ((await run(python, ['-c', 'import hftbacktest'])).code === 0) return 'up to date'
  await must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES])
  return PACKAGES.join(' ')
}

await main(async () => {
  try {
    await step('install the peers (pip, packages/bench/.venv)', installPeers)
  } catch (error) {
    if (error instanceof StepFailed) process.stdout.write('\nhftbacktest cannot be installed here (it needs Python 3.10 or later with venv, and PyPI): nothing was compared.\n')
    throw error
  }
  await build()
  process.stdout.write('\n')
  const sample = sampleFile()
  const args = [join(root, 'packages/bench/dist/main.mjs'), '--python', python, ...(sample ? ['--sample', sample] : []), ...process.argv.slice(2)]
  const { code } = await run(process.execPath, args, { inherit: true })
  if (code !== 0) throw new StepFailed('')
})
