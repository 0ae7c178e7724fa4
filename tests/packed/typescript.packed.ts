import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, firstExample } from './consumer'
import { folderOf, VERSIONS } from './tools'

/** What has to compile, and what must not: declarations that were not found would be `any`, and both would pass. */
const USE = `
import { backtestSync, HaggleError, type BacktestRun, type Context } from 'haggle'
export function hashOf(run: BacktestRun): string { return run.resultHash }
export const strategy = { onTrade(ctx: Context) { if (ctx.position === 0) ctx.buy({ quote: 100 }) } }
export const isOurs = (error: unknown): boolean => error instanceof HaggleError && error.code === 'INVALID_ARGUMENT'
// @ts-expect-error: a hash is no number
export const wrong: (run: BacktestRun) => number = (run) => run.resultHash
// @ts-expect-error: a run has arguments
export const none = () => backtestSync()
`
const REQUIRE = `
import haggle = require('haggle')
export const error: Error = new haggle.HaggleError('BUG', 'text')
// @ts-expect-error: no such code
export const other = new haggle.HaggleError('NONE', 'text')
`

interface Way { readonly module: string, readonly moduleResolution: string, readonly files: Readonly<Record<string, string>>, readonly versions: readonly string[] }
const ALL = VERSIONS.typescript
const example = firstExample()
const WAYS: readonly Way[] = [
  { module: 'node16', moduleResolution: 'node16', files: { 'use.mts': USE, 'use.cts': USE, 'require.cts': REQUIRE, 'first.mts': example.esm }, versions: ALL },
  { module: 'nodenext', moduleResolution: 'nodenext', files: { 'use.mts': USE, 'use.cts': USE, 'require.cts': REQUIRE, 'first.mts': example.esm }, versions: ALL },
  { module: 'esnext', moduleResolution: 'bundler', files: { 'use.ts': USE, 'first.ts': `${example.esm}export {}\n` }, versions: ALL },
  { module: 'commonjs', moduleResolution: 'node10', files: { 'use.ts': USE, 'require.ts': REQUIRE }, versions: ['5.9.3'] },
]

describe('TypeScript', () => {
  let consumer: Consumer
  beforeAll(async () => { consumer = await Consumer.with(['typescript']) })
  afterAll(() => { consumer.remove() })
  const compile = (version: string, options: object, files: Way['files']): ReturnType<Consumer['run']> => {
    for (const [name, text] of Object.entries(files)) consumer.write(name, text)
    consumer.write('tsconfig.json', JSON.stringify({ compilerOptions: { target: 'es2022', strict: true, noEmit: true, types: [], ...options }, files: Object.keys(files) }))
    const folder = `node_modules/${folderOf('typescript', version)}`
    const { bin } = JSON.parse(readFileSync(consumer.path(`${folder}/package.json`), 'utf8')) as { bin: { tsc: string } }
    return consumer.run(process.execPath, consumer.path(`${folder}/${bin.tsc}`), '-p', '.', '--pretty', 'false')
  }

  // Nothing is skipped in the declarations of libraries, and Node's own types are not there.
  it.for(WAYS.flatMap(({ versions, ...way }) => versions.map((version) => ({ version, ...way }))))('$version, module $module, resolution $moduleResolution', async ({ version, files, ...options }, context) => {
    consumer.need(context)
    const { code, stdout } = await compile(version, { ...options, skipLibCheck: false }, files)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })

  it('finds what is wrong, so that silence means something', async (context) => {
    consumer.need(context)
    const { stdout } = await compile('7.0.2', { module: 'nodenext' }, { 'wrong.mts': "import { nothing } from 'haggle'\nconsole.log(nothing)\n" })
    expect(stdout).toContain("has no exported member 'nothing'")
  })
})
