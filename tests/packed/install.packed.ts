import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, manifest, tarballs } from './consumer'

describe('an install of the tarballs', () => {
  let consumer: Consumer
  beforeAll(async () => { consumer = await Consumer.with([], ['--offline']) })
  afterAll(() => { consumer.remove() })
  const files = (name: string): string[] => (readdirSync(consumer.path(`node_modules/${name}`), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(consumer.path(`node_modules/${name}/`).length).replaceAll('\\', '/')).sort()
  const read = (path: string): string => readFileSync(consumer.path(`node_modules/${path}`), 'utf8')
  const platform = (): string => readdirSync(consumer.path('node_modules')).find((name) => name.startsWith('haggle-'))!

  it('needs no registry, and adds two packages', () => {
    expect(readdirSync(consumer.path('node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['haggle', platform()])
    expect(tarballs()).toHaveLength(2)
  })

  it('runs no scripts and brings no dependencies', () => {
    for (const name of ['haggle', platform()]) {
      const installed = JSON.parse(read(`${name}/package.json`)) as Record<string, unknown>
      expect(installed).toMatchObject({ name, version: manifest.version, license: 'MIT', engines: manifest.engines })
      for (const field of ['scripts', 'dependencies', 'peerDependencies', 'devDependencies', 'private', 'overrides', 'napi']) expect(installed).not.toHaveProperty(field)
    }
    expect(JSON.parse(read('haggle/package.json'))).toHaveProperty('optionalDependencies', { [platform()]: manifest.version })
  })

  it('has what runs, what declares it, and the papers', () => {
    const main = files('haggle')
    expect(main).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/index.js', 'dist/index.mjs', 'dist/index.d.ts', 'dist/index.d.mts', 'dist/batch/worker.js', 'src/native/loader.js', 'src/native/binding.js']))
    expect(main.filter((name) => !/^(dist\/.*\.(js|mjs|d\.ts|d\.mts)|src\/native\/(loader|binding)\.(js|d\.ts)|(vitest\/)?package\.json|(CHANGELOG|README)\.md|LICENSE)$/.test(name))).toEqual([])
    expect(files(platform())).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY.txt', `haggle.${platform().slice('haggle-'.length)}.node`, 'package.json'].sort())
  })

  it('has the licences of what is linked in', () => {
    const text = read(`${platform()}/THIRD-PARTY.txt`)
    for (const crate of ['napi', 'parquet', 'rust_decimal', 'serde_json', 'zstd-sys']) expect(text).toMatch(new RegExp(`^${crate} \\d`, 'm'))
    expect(text).not.toMatch(/^(proptest|napi-derive|napi-build|cc) \d/m)
    expect(text).toContain('Copyright (c) Meta Platforms, Inc.')
  })

  it('names no path of the machine that built it', () => {
    expect(readFileSync(consumer.path(`node_modules/${platform()}/haggle.${platform().slice('haggle-'.length)}.node`)).includes(join(__dirname, '../..'))).toBe(false)
  })
})

it('says what is missing where optional packages were left out', async () => {
  const consumer = await Consumer.with([], ['--offline'])
  try {
    const platform = readdirSync(consumer.path('node_modules')).find((name) => name.startsWith('haggle-'))!
    const { code } = await consumer.npm('uninstall', platform, '--offline', '--omit=optional')
    expect(code).toBe(0)
    expect(existsSync(consumer.path(`node_modules/${platform}`))).toBe(false)
    const { stdout } = await consumer.run(process.execPath, '-e', "import('haggle').catch((error) => console.log(error.code, error.message))")
    expect(stdout).toMatch(new RegExp(`^ADDON_NOT_LOADED haggle ${manifest.version} cannot load its native part on .*: the package ${platform}@${manifest.version} is not installed \\(`))
  } finally {
    consumer.remove()
  }
})
