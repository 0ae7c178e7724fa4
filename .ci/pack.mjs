// npm run pack: what would be published, as tarballs in artifacts/.
//
//   npm run pack                        the package and the platform package of this machine
//   npm run pack -- --target <triple>   the same for another of napi.targets
//   npm run pack -- --addons <folder>   builds no addon, but takes those of all targets from a folder (a release does)
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { compareVersions, glibcVersions } from './glibc.mjs'
import { notices } from './notices.mjs'
import { build, main, must, npm, root, step, StepFailed, tool } from './steps.mjs'

/** What Node 20 itself needs; a system that runs Node then also runs the addon. */
const GLIBC_FLOOR = '2.28'
const artifacts = join(root, 'artifacts')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`

/** The platform of a target, in npm's words: `linux-x64-gnu`. */
async function platformOf(target) {
  const { parseTriple } = await import('@napi-rs/cli')
  return parseTriple(target).platformArchABI
}

async function hostTarget() {
  const host = /^host: (.*)$/m.exec(await must('rustc', ['-vV']))?.[1]
  if (!manifest.napi.targets.includes(host)) throw new StepFailed(`there is no platform package for ${host}: napi.targets of package.json has ${manifest.napi.targets.join(', ')}`)
  return host
}

/** How an addon for a target is built so that it runs on older systems than this one. */
function toolchain(target) {
  // gcc with the headers and libraries of glibc 2.17, from the npm package @napi-rs/cross-toolchain.
  if (target.endsWith('-linux-gnu')) return ['--use-napi-cross']
  // cargo-zigbuild with zig as the linker: both have to be on the path.
  if (target.endsWith('-linux-musl')) return ['--cross-compile']
  return []
}

/** Builds the addon of a target in profile dist; gives back its file. */
async function buildAddon(target, platform) {
  const folder = join(artifacts, 'addons')
  mkdirSync(folder, { recursive: true })
  await must(process.execPath, [
    tool('@napi-rs/cli'), 'build', '--platform', '--target', target, ...toolchain(target), '--profile', 'dist',
    '--manifest-path', 'crates/node/Cargo.toml', '--package-json-path', 'package.json', '--output-dir', folder, '--js', 'binding.js', '--dts', 'binding.d.ts',
  ])
  for (const name of ['binding.js', 'binding.d.ts']) {
    if (readFileSync(join(folder, name), 'utf8') !== readFileSync(join(root, 'src/native', name), 'utf8')) throw new StepFailed(`src/native/${name} is not of these sources: npm run build writes it`)
    rmSync(join(folder, name))
  }
  return join(folder, `haggle.${platform}.node`)
}

/** Refuses an addon that needs a newer system than promised. */
function checkAddon(target, file) {
  const bytes = readFileSync(file)
  if (!target.includes('-linux-')) return mebibytes(bytes.length)
  const versions = glibcVersions(bytes)
  const highest = versions.at(-1)
  if (target.endsWith('-musl') && highest !== undefined) throw new StepFailed(`${file} is for musl, and asks for glibc ${highest}`)
  if (highest !== undefined && compareVersions(highest, GLIBC_FLOOR) > 0) throw new StepFailed(`${file} needs glibc ${highest}; ${GLIBC_FLOOR} is the newest that is promised`)
  return `${mebibytes(bytes.length)}, ${highest === undefined ? 'no glibc' : `glibc ${highest}`}`
}

/** `npm pack` of a folder: the file list, and with a destination the tarball. */
async function npmPack(folder, ...args) {
  const { code, stdout, output } = await npm(['pack', '--json', '--ignore-scripts', '--loglevel=error', ...args], { cwd: folder })
  if (code !== 0) throw new StepFailed(output.trim())
  const packed = JSON.parse(stdout)
  // A list in npm 10, an object by name in later ones.
  return Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
}

function put(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

/** Provenance is refused where `repository` is not the one that publishes. */
function repository(folder) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
  return server && name ? { repository: { type: 'git', url: `git+${server}/${name}.git`, ...(folder ? { directory: folder } : {}) } } : {}
}

async function stageMain(platforms) {
  const folder = join(artifacts, 'stage/haggle')
  const { files } = await npmPack(root, '--dry-run')
  for (const { path } of files) if (path !== 'package.json') put(join(root, path), join(folder, path))
  const { private: _, scripts: __, devDependencies: ___, overrides: ____, napi: _____, ...published } = manifest
  // Resolvers that do not read `exports` look for a folder of that name.
  const faces = Object.entries(published.exports).filter(([path, face]) => path !== '.' && typeof face === 'object').map(([path, face]) => [path.slice(2), face.require])
  for (const [name, { types, default: main }] of faces) {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'package.json'), `${JSON.stringify({ main: `.${main}`, types: `.${types}` }, null, 2)}\n`)
  }
  const shipped = [...published.files, ...faces.map(([name]) => name)]
  // Added here alone, so that a checkout can be installed before anything of its version was published.
  const optionalDependencies = Object.fromEntries(platforms.map((platform) => [`haggle-${platform}`, manifest.version]))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...published, files: shipped, ...repository(), optionalDependencies }, null, 2)}\n`)
  return folder
}

async function stagePlatform(target, platform, addon) {
  const source = join(root, 'npm', platform)
  const folder = join(artifacts, 'stage', `haggle-${platform}`)
  put(join(source, 'README.md'), join(folder, 'README.md'))
  put(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  put(addon, join(folder, `haggle.${platform}.node`))
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), await notices(target))
  const own = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...own, ...repository(`npm/${platform}`) }, null, 2)}\n`)
  return folder
}

/**
 * Makes the tarballs. The facade has to be built before.
 *
 * @param {{ target?: string, addons?: string }} options
 * @returns {Promise<object[]>} what `npm pack` tells of each, platform packages first, as they have to be published
 */
export async function pack({ target, addons } = {}) {
  const targets = addons ? manifest.napi.targets : [target ?? await hostTarget()]
  if (!targets.every((each) => manifest.napi.targets.includes(each))) throw new StepFailed(`${target} is not among napi.targets of package.json`)
  rmSync(artifacts, { recursive: true, force: true })
  const built = []
  for (const each of targets) {
    const platform = await platformOf(each)
    let addon = join(addons ?? '', `haggle.${platform}.node`)
    if (!addons) await step(`build the addon of haggle-${platform}`, async () => { addon = await buildAddon(each, platform) })
    if (!existsSync(addon)) throw new StepFailed(`${addon} is missing`)
    await step(`check the addon of haggle-${platform}`, async () => checkAddon(each, addon))
    built.push({ target: each, platform, addon })
  }
  const packed = []
  await step('pack the packages', async () => {
    const folders = []
    for (const { target: each, platform, addon } of built) folders.push(await stagePlatform(each, platform, addon))
    folders.push(await stageMain(built.map(({ platform }) => platform)))
    for (const folder of folders) packed.push(await npmPack(folder, '--pack-destination', artifacts))
    return packed.map(({ id, size, unpackedSize }) => `${id}: ${mebibytes(size)}, unpacked ${mebibytes(unpackedSize)}`).join('; ')
  })
  return packed
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { target: { type: 'string' }, addons: { type: 'string' } } })
  await main(async () => {
    await build()
    const packed = await pack(values)
    for (const { filename, files } of packed) {
      process.stdout.write(`\nartifacts/${filename}\n`)
      for (const { path, size } of files) process.stdout.write(`${String(size).padStart(10)}  ${path}\n`)
    }
  })
}
