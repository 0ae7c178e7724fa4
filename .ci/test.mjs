// npm test: builds, then tests everything. The last line is `N passed, N failed`, summed over cargo and vitest; a step
// that broke, so that nothing could be counted, is one failure.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './pack.mjs'
import { build, run, step, StepFailed, tool } from './steps.mjs'

const total = { passed: 0, failed: 0 }

/** One part of the tests. It may fail without keeping the next from running. */
const part = (title, action) => attempt(() => step(title, action))

/** @returns {Promise<boolean>} whether it ended well */
async function attempt(action) {
  const before = total.failed
  try {
    await action()
  } catch (error) {
    if (!(error instanceof StepFailed)) process.stdout.write(`${error.stack}\n`)
    if (total.failed === before) total.failed += 1
    return false
  }
  return true
}

function add(passed, failed, code, output) {
  total.passed += passed
  total.failed += failed
  if (failed > 0 || code !== 0) throw new StepFailed(output.trim())
  return `${passed} passed`
}

async function testRust() {
  // The profile of the addon, so that dependencies compile once. Not the whole workspace: the oracle compiles barter.
  const { code, output } = await run('cargo', ['test', '--release', '--no-fail-fast'], { env: { CARGO_TERM_COLOR: 'never' } })
  let passed = 0
  let failed = 0
  for (const [, ok, bad] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)) {
    passed += Number(ok)
    failed += Number(bad)
  }
  const told = output.split('\n').filter((line) => !/^(\s*$|test .* ok$|running \d+ tests?$|\s+(Compiling|Running|Doc-tests|Finished|Downloaded|Fresh) )/.test(line))
  return add(passed, failed, code, told.join('\n'))
}

async function testVitest(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-test-'))
  try {
    const file = join(folder, 'vitest.json')
    const { code, output } = await run(process.execPath, [tool('vitest'), 'run', ...options, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], { env: { NO_COLOR: '1' } })
    if (!existsSync(file)) throw new StepFailed(output.trim())
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'))
    const note = add(numPassedTests, numFailedTests, code, output)
    // What a test could not try here, it says so.
    return [note, ...output.match(/^notice: .*$/gm) ?? []].join('\n    ')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function testTypes() {
  const { code, output } = await run(process.execPath, [tool('typescript'), '-p', 'tests/types', '--pretty', 'false'])
  if (code !== 0) throw new StepFailed(output.trim())
  return 'as declared'
}

async function checkSources() {
  const { code, output } = await run(process.execPath, [tool('typescript'), '-p', 'tsconfig.json', '--pretty', 'false'])
  if (code !== 0) throw new StepFailed(output.trim())
}

async function lint() {
  const { code, output } = await run('cargo', ['clippy', '--release', '--quiet', '--', '-D', 'warnings'], { env: { CARGO_TERM_COLOR: 'never' } })
  if (code !== 0 && /no such command|is not installed/.test(output)) return 'skipped: clippy is not installed'
  if (code !== 0) throw new StepFailed(output.trim())
  return 'clean'
}

let built = true
try {
  await build()
} catch (error) {
  if (!(error instanceof StepFailed)) process.stdout.write(`${error.stack}\n`)
  total.failed += 1
  built = false
}
await part('test the Rust crates (cargo test --release)', testRust)
await part('lint the Rust crates (cargo clippy)', lint)
if (built) {
  await part('test the facade (vitest)', () => testVitest())
  await part('check the sources (tsc)', checkSources)
  await part('check the declarations (tsc, tests/types)', testTypes)
  if (await attempt(() => pack())) await part('test the packages (vitest, tests/packed)', () => testVitest('--config', 'tests/packed/vitest.config.ts'))
}
process.exitCode = total.failed === 0 ? 0 : 1
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
