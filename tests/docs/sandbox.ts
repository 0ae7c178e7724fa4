import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder that package.json stands in. */
export const root = join(__dirname, '../..')

/** The TypeScript compiler, as `node_modules/.bin/tsc` would start it. */
const compiler = (): string => {
  const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { tsc: string } }
  return join(dirname(manifest), bin.tsc)
}

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A folder as a user has one: `haggle` in node_modules, and scripts in TypeScript that are compiled strictly. */
export class Sandbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'haggle-docs-'))

  constructor() {
    mkdirSync(join(this.#folder, 'node_modules'))
    symlinkSync(root, join(this.#folder, 'node_modules/haggle'), 'dir')
    writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        target: 'es2022', module: 'nodenext', strict: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')], skipLibCheck: false,
        rootDir: '.', outDir: 'out',
      },
      include: ['*.mts'],
    }))
  }

  /** Adds a script; its name has no extension. */
  add(name: string, code: string): void {
    writeFileSync(join(this.#folder, `${name}.mts`), code)
  }

  /** Compiles all scripts; the text is what the compiler has to say, empty if nothing. */
  async compile(): Promise<string> {
    const { code, stdout, stderr } = await this.#node([compiler(), '-p', '.', '--pretty', 'false'], this.#folder)
    return code === 0 ? '' : stdout + stderr
  }

  /** Runs a compiled script in a folder of its own, where it may leave files. */
  run(name: string): Promise<Ended> {
    const folder = join(this.#folder, `run-${name}`)
    mkdirSync(folder)
    return this.#node([join(this.#folder, 'out', `${name}.mjs`)], folder)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #node(args: readonly string[], cwd: string): Promise<Ended> {
    // A colour that the caller's terminal asked for would stand in the output.
    const { FORCE_COLOR: _, ...env } = process.env
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd, env: { ...env, NO_COLOR: '1' } }, (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr })
      })
    })
  }
}

/** Times and speeds differ from run to run; everything else has to be as it is shown. */
export function masked(text: string): string {
  return text
    .replace(/(?<=run in )[\d.]+ (ms|s|m \d+ s)/g, '<time>')
    .replace(/Events\/s +[\d,.]+ ?[kMG]?/g, 'Events/s <rate>')
    .replace(/[\d,]+(?= events per second)/g, '<rate>')
    .split('\n').map((line) => line.trimEnd()).join('\n').trim()
}
