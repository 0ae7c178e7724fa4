// THIRD-PARTY.txt of a platform package: the licences of everything that is linked into its addon. MIT, BSD and Apache-2.0
// all ask that their text goes where the binary goes.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { run, StepFailed } from './steps.mjs'

/** Folders of C sources that crates bring along under a licence of their own. */
const BUNDLED = { 'zstd-sys': ['zstd'] }

/**
 * @param {string} target the Rust target
 * @returns {Promise<string>}
 */
export async function notices(target) {
  const { code, stdout, output } = await run('cargo', ['metadata', '--format-version', '1', '--locked', '--filter-platform', target])
  if (code !== 0) throw new StepFailed(output.trim())
  const { packages, resolve } = JSON.parse(stdout)
  const byId = new Map(packages.map((each) => [each.id, each]))
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]))
  const linked = new Set()
  const waiting = [packages.find(({ name }) => name === 'haggle-node').id]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (linked.has(id)) continue
    linked.add(id)
    // What only builds, tests or expands macros does not end up in the addon.
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) if (kinds.some(({ kind }) => kind === null) && !isMacro(byId.get(pkg))) waiting.push(pkg)
  }
  const crates = [...linked].map((id) => byId.get(id)).filter(({ source }) => source !== null).sort((a, b) => (a.name < b.name ? -1 : 1))

  /** Each text once, whatever its line breaks, with the crates that it is for. */
  const texts = new Map()
  const heads = []
  for (const { name, version, license, repository, manifest_path: manifest } of crates) {
    heads.push(`${name} ${version}: ${license ?? 'see below'}${repository ? `, ${repository}` : ''}`)
    const folder = dirname(manifest)
    for (const file of [folder, ...(BUNDLED[name] ?? []).map((bundled) => join(folder, bundled))].flatMap(licenceFiles)) {
      const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim()
      const key = text.replace(/\s+/g, ' ')
      if (!texts.has(key)) texts.set(key, { text, names: [] })
      texts.get(key).names.push(`${name} ${version}, ${relative(folder, file)}`)
    }
  }
  const bodies = [...texts.values()].map(({ text, names }) => `${'-'.repeat(80)}\n${names.join('\n')}\n\n${text}\n`)
  return `haggle's addon contains these libraries, beside Rust's standard library (MIT or Apache-2.0):\n\n${heads.join('\n')}\n\n${bodies.join('\n')}`
}

function isMacro({ targets }) {
  return targets.some(({ kind }) => kind.includes('proc-macro'))
}

/** The licence files of a folder. Of a choice of licences, MIT is taken. */
function licenceFiles(folder) {
  const names = readdirSync(folder).filter((name) => /^(un)?licen[cs]e|^copying|^notice/i.test(name)).sort()
  const chosen = names.filter((name) => /[-_]mit$|[-_]mit\./i.test(name))
  return (chosen.length > 0 ? chosen : names).map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}
