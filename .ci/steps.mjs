// What `npm start`, `npm test` and `npm run build` share. It runs on a fresh clone, before anything is installed, so it
// uses Node alone.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that package.json stands in. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** A step that did not end well; what it had to say was printed already. */
export class StepFailed extends Error {}

/**
 * Says what it does, does it, says how long it took.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} action its result, if it is a text, is printed behind the time
 * @returns {Promise<T>}
 */
export async function step(title, action) {
  const start = performance.now()
  const open = process.stdout.isTTY
  if (open) process.stdout.write(`  ${title} ...`)
  const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8)
  const line = (mark, note) => process.stdout.write(`${open ? '\r\u001b[K' : ''}${mark} ${title.padEnd(48)}${took()}${note ? `  ${note}` : ''}\n`)
  try {
    const result = await action()
    line('+', typeof result === 'string' ? result : '')
    return result
  } catch (error) {
    line('x', 'failed')
    if (error instanceof StepFailed && error.message) process.stdout.write(`${error.message}\n`)
    throw error
  }
}

/**
 * Runs a command and keeps what it prints.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, inherit?: boolean, cwd?: string }} [options] `inherit`: let it print for itself
 * @returns {Promise<{ code: number, output: string, stdout: string }>} `output` is both streams, as they came
 */
export function run(command, args, { env = {}, inherit = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => { output += text; stdout += text })
    child.stderr?.setEncoding('utf8').on('data', (text) => { output += text })
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}`, stdout }))
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output: signal ? `${output}\n${command} was ended by ${signal}` : output, stdout }))
  })
}

/** Runs a command that has to succeed. */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options)
  if (code !== 0) throw new StepFailed(output.trim())
  return output
}

/** Runs npm: the one that started this, or the one on the path. Windows starts no `npm` without a shell, but any script with node. */
export function npm(args, options) {
  const cli = process.env['npm_execpath']
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args], options) : run('npm', args, options)
}

/** A tool of node_modules, run by the Node that runs this. */
export function tool(name) {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[name.split('/').pop()] ?? Object.values(manifest.bin)[0]
  return join(root, 'node_modules', name, bin)
}

/** Installs what package-lock.json says, unless it was installed already. */
export async function install() {
  const stamp = join(root, 'node_modules', '.haggle-installed')
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(`${process.platform} ${process.arch}`).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 'up to date'
  // npm's own warnings are about packages of packages; an error prints them all.
  const { code, output } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0) throw new StepFailed(output.trim())
  writeFileSync(stamp, wanted)
  return 'npm ci'
}

/** Builds the addon; cargo knows what is fresh. */
export async function buildNative() {
  const manifest = join(root, 'package.json')
  const script = JSON.parse(readFileSync(manifest, 'utf8')).scripts['build:native']
  const [command, ...args] = script.split(' ')
  if (command !== 'napi') throw new StepFailed(`package.json: build:native is no call of napi: ${script}`)
  const output = await must(process.execPath, [tool('@napi-rs/cli'), ...args])
  const compiled = output.match(/^\s*Compiling /gm)?.length ?? 0
  return compiled === 0 ? 'fresh' : `${compiled} crates compiled`
}

/** Compiles the TypeScript facade and its ESM face. */
export async function buildFacade() {
  // What a removed module left behind would be published.
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  await must(process.execPath, [tool('typescript'), '-p', 'tsconfig.build.json'])
  await must(process.execPath, ['.ci/esm-face.mjs'])
}

/** Everything that an import of the package needs. */
export async function build() {
  await step('install dependencies', install)
  await step('build the addon (cargo, release profile)', buildNative)
  await step('compile the TypeScript facade', buildFacade)
}

/** Runs a script to its end: exit code 1 where a step failed. */
export async function main(script) {
  try {
    await script()
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    process.exitCode = 1
  }
}
