import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { blocksOf } from '../docs/markdown'
import { specsOf, type Tool } from './tools'

/** The folder that package.json stands in. */
export const root = join(__dirname, '../..')
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string, version: string, napi: { targets: string[] }, engines: { node: string } }

/** Whether the other versions of Node, Bun and Deno run here: the registry's binaries are taken for this platform alone. */
export const hasBinaries = process.platform === 'linux' && process.arch === 'x64' && 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header

/** The tarballs, the platform packages first. */
export function tarballs(): string[] {
  const folder = join(root, 'artifacts')
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tgz')) : []
  if (names.length < 2) throw new Error('artifacts/ has no tarballs: npm run pack makes them')
  return names.sort((a, b) => b.length - a.length).map((name) => join(folder, name))
}

/** How a program ended. */
export interface Ended { readonly code: number, readonly stdout: string, readonly stderr: string }

/** A new folder of somebody who uses haggle, and the tools that are tried there. */
export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'haggle-packed-'))
  /** Why the tools cannot be had, if they cannot. */
  missing: string | undefined

  /** Installs tools from the registry, then the tarballs without it: they need nothing else. */
  static async with(tools: readonly Tool[] = [], options: readonly string[] = []): Promise<Consumer> {
    const consumer = new Consumer()
    consumer.write('package.json', JSON.stringify({ name: 'consumer', version: '1.0.0', private: true }))
    if (tools.length > 0) {
      const { code, stderr } = await consumer.npm('install', ...specsOf(tools))
      if (code !== 0) {
        consumer.missing = `${tools.join(', ')}: ${/^npm (?:error|ERR!) (?!code )(.*)$/m.exec(stderr)?.[1] ?? stderr.trim()}`
        process.stdout.write(`notice: skipped, not to be had here: ${consumer.missing}\n`)
        return consumer
      }
    }
    const { code, stdout, stderr } = await consumer.npm('install', '--prefer-offline', ...options, ...tarballs())
    if (code !== 0) throw new Error(`npm install of the tarballs failed:\n${stdout}${stderr}`)
    return consumer
  }

  /** Skips a test that needs tools which cannot be had. */
  need(context: TestContext): void {
    if (this.missing !== undefined) context.skip(this.missing)
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  npm(...args: string[]): Promise<Ended> {
    const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const cli = process.env['npm_execpath']
    return cli?.endsWith('.js') ? this.run(process.execPath, cli, ...all) : this.run('npm', ...all)
  }

  /** Runs a program in the folder, without what npm and vitest tell their own children. */
  run(command: string, ...args: string[]): Promise<Ended> {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_package_|npm_lifecycle_|npm_config_local_prefix$|NODE_OPTIONS$|NODE_ENV$|NAPI_|VITEST|JEST)/.test(name)))
    return new Promise((resolve) => {
      const child = spawn(command, args, { cwd: this.folder, env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
      let [stdout, stderr] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
      child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
      child.on('error', (error) => { resolve({ code: 127, stdout, stderr: `${command}: ${error.message}` }) })
      child.on('close', (code, signal) => { resolve({ code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr }) })
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The README's first example, which prints the hash of its result as its last line; and the hash that the README shows. */
export function firstExample(): { readonly esm: string, readonly cjs: string, readonly hash: string } {
  const block = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))[0]
  const hash = /^result ([0-9a-f]{32}) /m.exec(block?.shown ?? '')?.[1]
  const [, names, body] = /^import (\{.*\}) from 'haggle'\n([\s\S]*)$/.exec(block?.code ?? '') ?? []
  if (hash === undefined || names === undefined || body === undefined) throw new Error('the README does not begin with an import and a result')
  const shown = `${body}\nconsole.log(run.resultHash)\n`
  return { hash, esm: `import ${names} from 'haggle'\n${shown}`, cjs: `const ${names} = require('haggle')\nvoid (async () => {\n${shown}})()\n` }
}

/** The last line of what was printed. */
export const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''
