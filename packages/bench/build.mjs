// What the benchmark builds: the addon as it is published (cargo profile `dist`) with the feature `bench`, into a folder of
// its own; the facade; barter as a process of its own.
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildFacade, install, must, step, StepFailed, run, tool } from '../../.ci/steps.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** The addon of the benchmark; nothing else loads it. */
export const addon = join(here, 'native', 'haggle.node')

/** Builds a package of the workspace and gives back the file that cargo made of it. */
async function cargo(name, ...args) {
  const { code, output } = await run('cargo', ['build', '--profile', 'dist', '--package', name, ...args, '--message-format', 'json-render-diagnostics'])
  const lines = output.split('\n')
  if (code !== 0) throw new StepFailed(lines.filter((line) => !line.startsWith('{')).join('\n').trim())
  const made = lines.filter((line) => line.startsWith('{"reason":"compiler-artifact"')).map((line) => JSON.parse(line))
    .filter(({ target }) => target.kind.includes('cdylib') || target.kind.includes('bin'))
  const artifact = made.findLast(({ target }) => target.name.replaceAll('_', '-') === name)
  const file = artifact?.executable ?? artifact?.filenames[0]
  if (!file) throw new StepFailed(`cargo built ${name}, but did not say where it is`)
  return file
}

async function buildAddon() {
  const file = await cargo('haggle-node', '--features', 'bench')
  mkdirSync(dirname(addon), { recursive: true })
  // Never written over: a process that has it loaded would crash.
  const fresh = `${addon}.${process.pid}`
  cpSync(file, fresh)
  renameSync(fresh, addon)
}

/** Everything that a run needs. From then on, every Node started here loads the addon of the benchmark. */
export async function build() {
  await step('install dependencies', install)
  await step('build the addon (cargo, profile dist, feature bench)', buildAddon)
  process.env['NAPI_RS_NATIVE_LIBRARY_PATH'] = addon
  await step('compile the TypeScript facade', buildFacade)
  await step('compile the benchmark', () => must(process.execPath, [tool('typescript'), '-p', 'packages/bench']).then(() => ''))
}

/**
 * Builds barter's side.
 *
 * @returns {Promise<{ file: string } | { missing: string }>} the program, or why there is none: a benchmark of our own goes on without
 */
export async function buildOracle() {
  let file
  try {
    await step('build barter 0.14 (cargo, profile dist)', async () => { file = await cargo('haggle-oracle') })
    return { file }
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    return { missing: `barter could not be built: ${error.message.split('\n').find((line) => line.startsWith('error')) ?? 'see above'}` }
  }
}

/** The sample as barter published it, where the checkout has a `shared` beside it. */
export function sampleFile() {
  const file = join(here, '../../../shared/data/binance_spot_l1_trades.jsonl.gz')
  return existsSync(file) ? file : undefined
}
