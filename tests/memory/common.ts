import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const entry = join(__dirname, '../../dist/index.js')
/** Programs of these tests run the built package. */
export const isBuilt = existsSync(entry)

/**
 * What a program of this folder prints, run in a process of its own. The young generation of its heap stays at a fixed
 * size: that it grows by some 25 MB in the first thousands of runs would hide what is looked for.
 */
export async function program(file: string, ...args: readonly (string | number)[]): Promise<string> {
  const flags = ['--expose-gc', '--max-semi-space-size=1']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(__dirname, file), entry, ...args.map(String)])
  return stdout
}
