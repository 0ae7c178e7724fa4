// What `#native` is: the addon, as the generated binding.js finds it, or an error that says what is missing and what helps.
//
// The error is a plain Error with the code ADDON_NOT_LOADED and a `hint`: it is thrown while haggle is being imported, so
// that nobody has a HaggleError yet to compare it with.
'use strict'

const { existsSync } = require('node:fs')
const manifest = require('../../package.json')

/** The glibc that Node found, null where there is none, undefined where the runtime does not tell. */
function glibc() {
  if (process.platform !== 'linux') return null
  try {
    // Without this, the report looks up the names of all peers.
    process.report.excludeNetwork = true
    const version = process.report.getReport().header.glibcVersionRuntime
    if (version) return version
  } catch {
    // Not every runtime has reports.
  }
  const musl = { x64: 'x86_64', arm64: 'aarch64' }[process.arch]
  return musl !== undefined && existsSync(`/lib/ld-musl-${musl}.so.1`) ? null : undefined
}

/** This machine: as people say it, and as the platform packages are named. */
function machine() {
  const { platform, arch } = process
  if (platform === 'linux') {
    const version = glibc()
    return { said: `linux ${arch} (${version === null ? 'musl' : version ? `glibc ${version}` : 'glibc'})`, name: `linux-${arch}-${version === null ? 'musl' : 'gnu'}` }
  }
  return { said: `${platform} ${arch}`, name: platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}` }
}

/** @param {string} what @param {string} hint @param {unknown} cause */
function notLoaded(what, hint, cause) {
  const { said } = machine()
  const error = new Error(`haggle ${manifest.version} cannot load its native part on ${said}: ${what} (${hint})`, { cause })
  return Object.assign(error, { code: 'ADDON_NOT_LOADED', hint })
}

const REINSTALL = 'remove node_modules and package-lock.json, and install again: a lockfile or a folder from another machine leaves the package out'

/** Why binding.js found no addon, from the most particular reason to the most general. */
function explain(cause) {
  const forced = process.env['NAPI_RS_NATIVE_LIBRARY_PATH']
  if (forced) return notLoaded(`NAPI_RS_NATIVE_LIBRARY_PATH names '${forced}', and that cannot be loaded: ${reason(cause)}`, 'unset it, or correct it', cause)

  const { name } = machine()
  const needed = `haggle-${name}`
  const prebuilt = Object.keys(manifest.optionalDependencies ?? {})
  const local = `${__dirname}/haggle.${name}.node`
  if (existsSync(local)) return notLoaded(`${local} is there, and cannot be loaded: ${reason(cause)}`, 'build it again: npm run build', cause)
  // Only a published package names its platform packages.
  if (prebuilt.length === 0) return notLoaded('this is a checkout in which nothing was built', 'npm run build builds it; that needs Rust and a C compiler', cause)
  if (!prebuilt.includes(needed)) {
    const others = prebuilt.map((other) => other.slice('haggle-'.length)).join(', ')
    return notLoaded('there is no prebuilt package for it', `prebuilt are ${others}; elsewhere it has to be built from its sources`, cause)
  }
  let folder
  try {
    folder = require.resolve(`${needed}/package.json`)
  } catch {
    const hint = `npm leaves optional packages out with --omit=optional or --no-optional: install without; otherwise ${REINSTALL}`
    return notLoaded(`the package ${needed}@${manifest.version} is not installed`, hint, cause)
  }
  const found = require(folder).version
  if (found !== manifest.version) return otherVersion(`the package ${needed}`, found, cause)
  const what = reason(cause)
  const hint = /GLIBC_\d/.test(what) ? 'this system is older than what the package is built for: glibc 2.28 or newer is needed' : REINSTALL
  return notLoaded(`the package ${needed}@${manifest.version} is installed, and cannot be loaded: ${what}`, hint, cause)
}

function otherVersion(what, found, cause) {
  return notLoaded(`${what} has version ${found}, and ${manifest.version} is needed`, REINSTALL, cause)
}

/**
 * What the generated loader ran into. It keeps the texts of all that it tried as a chain of causes, most of them files that
 * are not there and need not be: the first other text is the reason.
 */
function reason(error) {
  for (let each = error.cause; each instanceof Error; each = each.cause) {
    if (!/^Cannot find (module|native binding)/.test(each.message)) return each.message.split('\n')[0]
  }
  return 'it is not there'
}

function load() {
  let binding
  try {
    binding = require('./binding.js')
  } catch (cause) {
    throw explain(cause)
  }
  // An addon of another version would misread what the facade writes for it.
  const version = typeof binding.version === 'function' ? binding.version() : 'unknown'
  if (version !== manifest.version) throw otherVersion('the addon that was found', version)
  return binding
}

module.exports = load()
