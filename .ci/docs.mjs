// npm run docs: the API reference of the types that are published, as HTML in docs/api/.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, main, npm, root, run, step, StepFailed } from './steps.mjs'

/** typedoc takes no TypeScript 7, so both are installed into a folder of their own, which goes again. Both are under Apache-2.0. */
const TOOLS = ['typedoc@0.28.20', 'typescript@5.9.3']

/** What has to have a sentence: all that is exported, and all that can be called. Fields may say it by their names. */
const DOCUMENTED = ['Namespace', 'Enum', 'Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Constructor', 'Method', 'CallSignature', 'ConstructorSignature', 'Accessor', 'GetSignature', 'SetSignature']

/**
 * Makes the reference of what stands in dist/; a warning is an error.
 *
 * @param {string} out the folder for the HTML
 * @param {string} [json] a file for the same as JSON
 * @returns {Promise<string>} why it was skipped: the tools cannot be had here; empty if it was not
 */
export async function reference(out, json) {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-reference-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'reference', private: true }))
    const installed = await npm(['install', ...TOOLS, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })
    if (installed.code !== 0) return `${TOOLS.join(', ')}: ${/^npm (?:error|ERR!) (?!code )(.*)$/m.exec(installed.output)?.[1] ?? installed.output.trim()}`
    const entry = join(root, 'dist/index.d.ts')
    const write = (name, content) => {
      writeFileSync(join(folder, name), JSON.stringify(content))
      return join(folder, name)
    }
    const tsconfig = write('tsconfig.json', {
      compilerOptions: {
        target: 'es2022', lib: ['es2023', 'es2024.string', 'esnext.disposable'], module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true,
        types: ['node'], typeRoots: [join(root, 'node_modules/@types')],
      },
      files: [entry],
    })
    const options = write('typedoc.json', {
      name: 'haggle', entryPoints: [entry], tsconfig, readme: join(root, 'README.md'), basePath: root,
      outputs: [{ name: 'html', path: out }, ...(json === undefined ? [] : [{ name: 'json', path: json }])],
      excludeInternal: true, disableSources: true, requiredToBeDocumented: DOCUMENTED,
      validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true, unusedMergeModuleWith: true },
      treatWarningsAsErrors: true, treatValidationWarningsAsErrors: true,
    })
    const { code, output } = await run(process.execPath, [join(folder, 'node_modules/typedoc/bin/typedoc'), '--options', options], { cwd: folder, env: { NO_COLOR: '1' } })
    if (code !== 0 || /\[(?:warning|error)\]/.test(output)) throw new StepFailed(output.trim())
    return ''
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await build()
    await step('write the API reference (typedoc, docs/api)', async () => {
      const missing = await reference(join(root, 'docs/api'))
      return missing && `skipped, not to be had here: ${missing}`
    })
  })
}
