import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SUMMARY } from './outcome'

const root = pathToFileURL(join(__dirname, '../../'))
const run = promisify(execFile)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

interface Manifest {
  version: string
  engines: { node: string }
  scripts: Record<string, string>
  dependencies?: object
}
const manifest = JSON.parse(read('package.json')) as Manifest

describe('the package', () => {
  it('runs nothing when it is installed, and depends on nothing', () => {
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
    expect(manifest.dependencies).toBeUndefined()
  })

  it('has one version and one range of Node', () => {
    const platform = JSON.parse(read('npm/linux-x64-gnu/package.json')) as Manifest
    expect(platform.version).toBe(manifest.version)
    expect(platform.engines).toEqual(manifest.engines)
    expect(/^version = "(.*)"$/m.exec(read('Cargo.toml'))?.[1]).toBe(manifest.version)
  })

  it('names no registry in its lockfile', () => {
    expect(read('package-lock.json')).not.toContain('"resolved": "http')
  })
})

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!existsSync(new URL('dist/index.mjs', root)))('the build', () => {
  it('gives import and require the same classes', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import * as face from 'haggle'
      import whole from 'haggle/package.json' with { type: 'json' }
      const required = createRequire(import.meta.url)('haggle')
      const names = Object.keys(required)
      console.log(JSON.stringify({ version: whole.version, names, same: names.every((name) => face[name] === required[name]), extra: Object.keys(face).filter((name) => !(name in required)) }))`
    const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { cwd: root })
    const seen = JSON.parse(stdout) as { version: string, names: string[], same: boolean, extra: string[] }
    expect(seen).toMatchObject({ version: manifest.version, same: true, extra: [] })
    expect(seen.names).toEqual(expect.arrayContaining(['BacktestSummary', 'HaggleError', 'Value', 'errorTable']))
  })

  it('gives import and require the same matchers, which know the same classes', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import { MockExecutionClient } from 'haggle'
      import * as face from 'haggle/vitest'
      const required = createRequire(import.meta.url)('haggle/vitest')
      const { pass } = required.matchers.toHaveBalance(MockExecutionClient.spot({ symbols: ['A/B'], balances: { A: 1 } }), 'A', 1)
      console.log(Object.keys(face).join(), face.matchers === required.matchers, pass)`
    const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { cwd: root })
    expect(stdout.trim()).toBe('matchers true true')
  })

  it('prints without colours where there is no terminal', async () => {
    const script = "const { BacktestSummary } = require('haggle'); console.log(BacktestSummary.fromJSON(process.argv[1]))"
    const { stdout } = await run(process.execPath, ['-e', script, JSON.stringify(SUMMARY)], { cwd: root, env: { ...process.env, FORCE_COLOR: undefined } as NodeJS.ProcessEnv })
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('Total return                 -0.12 %    Calmar (annual)                    \u2013\n')
  })

  it('declares the library that its own types need', () => {
    expect(read('dist/index.d.ts')).toMatch(/^\/\/\/ <reference lib="esnext.disposable" preserve="true" \/>/)
  })

  it('declares nothing that asks a user for Node\'s types', () => {
    const reachable = (path: string, seen = new Map<string, string>()): Map<string, string> => {
      if (seen.has(path)) return seen
      const text = read(path)
      seen.set(path, text)
      for (const [, next] of text.matchAll(/from '(\.[^']*)'/g)) {
        reachable(`${new URL(next!, `file:///${path}`).pathname.slice(1)}.d.ts`, seen)
      }
      return seen
    }
    const files = reachable('dist/index.d.ts')
    expect(files.size).toBeGreaterThan(10)
    expect([...files].filter(([, text]) => /from 'node:|types="node"|NodeJS\./.test(text)).map(([path]) => path)).toEqual([])
  })

  it('can be required in an older module system', () => {
    const required = createRequire(root)('./dist/index.js') as Record<string, unknown>
    expect(typeof required['HaggleError']).toBe('function')
  })
})
