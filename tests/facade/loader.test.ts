import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(__dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
/** What a test may find in an error of the loader. */
interface Seen { readonly code?: string, readonly name: string, readonly message: string, readonly hint?: string, readonly hasCause: boolean, readonly loaded?: boolean }

const PREBUILT = ['haggle-linux-x64-gnu', 'haggle-linux-arm64-gnu', 'haggle-darwin-arm64']
const isGlibc = process.platform === 'linux' && process.arch === 'x64' && 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header

/** An installed package whose addon is missing: each test adds what its own case has. */
class Installed {
  readonly folder = mkdtempSync(join(tmpdir(), 'haggle-loader-'))

  constructor() {
    mkdirSync(join(this.folder, 'src/native'), { recursive: true })
    for (const name of ['loader.js', 'binding.js']) copyFileSync(join(root, 'src/native', name), join(this.folder, 'src/native', name))
    this.manifest({ optionalDependencies: Object.fromEntries(PREBUILT.map((name) => [name, manifest.version])) })
  }

  manifest(more: object): void {
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name: 'haggle', version: manifest.version, ...more }))
  }

  /** A platform package; `main` is the text of its entry file, or of an addon that is none. */
  add(name: string, version: string, main: string, text: string): void {
    const folder = join(this.folder, 'node_modules', name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, main }))
    writeFileSync(join(folder, main), text)
  }

  /** Loads it in a process of its own, after `before` ran there. */
  load(before = '', env: Record<string, string> = {}): Seen {
    const script = `${before}
      let seen = { loaded: true }
      try { require('./src/native/loader.js') } catch (error) {
        seen = { code: error.code, name: error.name, message: error.message, hint: error.hint, hasCause: error.cause instanceof Error }
      }
      console.log(JSON.stringify(seen))`
    const { NAPI_RS_NATIVE_LIBRARY_PATH: _, ...inherited } = process.env
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: this.folder, env: { ...inherited, ...env }, encoding: 'utf8' })) as Seen
  }
}

const pretend = (platform: string, arch: string): string =>
  `Object.defineProperty(process, 'platform', { value: '${platform}' }); Object.defineProperty(process, 'arch', { value: '${arch}' });`

describe('the loader', () => {
  let installed: Installed
  beforeEach(() => { installed = new Installed() })
  afterEach(() => { rmSync(installed.folder, { recursive: true, force: true }) })

  it.runIf(isGlibc)('names the package that is not installed, and what helps', () => {
    const seen = installed.load()
    expect(seen).toMatchObject({ code: 'ADDON_NOT_LOADED', name: 'Error', hasCause: true })
    expect(seen.message).toMatch(new RegExp(`^haggle ${manifest.version} cannot load its native part on linux x64 \\(glibc 2\\.\\d+\\): the package haggle-linux-x64-gnu@${manifest.version} is not installed \\(`))
    expect(seen.hint).toContain('--omit=optional')
    expect(seen.hint).toContain('remove node_modules and package-lock.json')
  })

  it('names another platform\'s package there', () => {
    expect(installed.load(pretend('darwin', 'arm64')).message).toContain(`on darwin arm64: the package haggle-darwin-arm64@${manifest.version} is not installed (`)
  })

  it.each([
    ['freebsd', 'x64', 'freebsd x64'],
    ['win32', 'ia32', 'win32 ia32'],
    ['linux', 's390x', 'linux s390x'],
  ])('says what is prebuilt where nothing is: %s %s', (platform, arch, said) => {
    const seen = installed.load(pretend(platform, arch))
    expect(seen.code).toBe('ADDON_NOT_LOADED')
    expect(seen.message).toContain(`on ${said}`)
    expect(seen.message).toContain('there is no prebuilt package for it (prebuilt are linux-x64-gnu, linux-arm64-gnu, darwin-arm64; elsewhere it has to be built from its sources)')
  })

  it('tells musl from glibc', () => {
    const noGlibc = "process.report.getReport = () => ({ header: {}, sharedObjects: [] }); require('node:fs').existsSync = (path) => String(path).includes('ld-musl');"
    const seen = installed.load(`${pretend('linux', 'x64')} ${noGlibc}`)
    expect(seen.message).toContain('on linux x64 (musl): ')
  })

  it.runIf(isGlibc)('refuses an addon of another version', () => {
    installed.add('haggle-linux-x64-gnu', '0.0.9', 'index.js', "exports.version = () => '0.0.9'")
    const seen = installed.load()
    expect(seen.code).toBe('ADDON_NOT_LOADED')
    expect(seen.message).toContain(`has version 0.0.9, and ${manifest.version} is needed (remove node_modules and package-lock.json`)
  })

  it.runIf(isGlibc)('refuses an addon that does not know its version', () => {
    installed.add('haggle-linux-x64-gnu', manifest.version, 'index.js', 'exports.other = 1')
    expect(installed.load().message).toContain(`has version unknown, and ${manifest.version} is needed`)
  })

  it.runIf(isGlibc)('repeats why an addon that is there cannot be loaded', () => {
    installed.add('haggle-linux-x64-gnu', manifest.version, 'haggle.linux-x64-gnu.node', 'no addon at all, but long enough to have a header of sixty-four bytes or more')
    const seen = installed.load()
    expect(seen.message).toContain(`the package haggle-linux-x64-gnu@${manifest.version} is installed, and cannot be loaded: `)
    expect(seen.message).toMatch(/invalid ELF header/)
  })

  it.runIf(isGlibc)('says which glibc is needed where the system\'s is too old', () => {
    const text = "throw new Error(\"/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.28' not found (required by haggle.linux-x64-gnu.node)\")"
    installed.add('haggle-linux-x64-gnu', manifest.version, 'index.js', text)
    const seen = installed.load()
    expect(seen.message).toContain("version `GLIBC_2.28' not found")
    expect(seen.hint).toContain('glibc 2.28 or newer is needed')
  })

  it('says that a checkout was not built', () => {
    installed.manifest({})
    expect(installed.load().message).toContain('this is a checkout in which nothing was built (npm run build builds it')
  })

  it('says that an addon named by the environment cannot be loaded', () => {
    const seen = installed.load('', { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere/haggle.node' })
    expect(seen.message).toContain("NAPI_RS_NATIVE_LIBRARY_PATH names '/nowhere/haggle.node', and that cannot be loaded: it is not there (")
  })

  it.runIf(isGlibc)('loads an addon of the right version', () => {
    installed.add('haggle-linux-x64-gnu', manifest.version, 'index.js', `exports.version = () => '${manifest.version}'`)
    expect(installed.load()).toEqual({ loaded: true })
  })
})

it.skipIf(!existsSync(join(root, 'dist/index.js')))('the package\'s import ends with that error, before anything else runs', () => {
  const script = "import('haggle').then(() => console.log('loaded'), (error) => console.log(error.code))"
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8', env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere/haggle.node' } })
  expect(stdout).toBe('ADDON_NOT_LOADED\n')
})
