import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { root } from './consumer'

interface Reader { glibcVersions: (file: Buffer) => string[], compareVersions: (a: string, b: string) => number }
const reader = import(pathToFileURL(join(root, '.ci/glibc.mjs')).href) as Promise<Reader>

it('versions are ordered by their numbers, and what is none comes last', async () => {
  const { compareVersions } = await reader
  expect(['2.28', 'ABI_DT_RELR', '2.9', '2.2.5', '2.14', '2.3'].sort(compareVersions)).toEqual(['2.2.5', '2.3', '2.9', '2.14', '2.28', 'ABI_DT_RELR'])
})

it('only ELF files are read', async () => {
  const { glibcVersions } = await reader
  expect(() => glibcVersions(Buffer.from('MZ and more, long enough for a header of an executable, which is sixty-four bytes'))).toThrow('no 64-bit little-endian ELF file')
})

const addon = readdirSync(join(root, 'artifacts/addons')).find((name) => name.endsWith('-gnu.node'))
it.skipIf(addon === undefined)('the addon asks for no newer glibc than Node 20 does', async () => {
  const { glibcVersions, compareVersions } = await reader
  const file = readFileSync(join(root, 'artifacts/addons', addon!))
  const versions = glibcVersions(file)
  // The names stand in the file as text; the reader must not have missed the highest.
  const texts = [...new Set(file.toString('latin1').match(/(?<=GLIBC_)2\.[\d.]+(?=\0)/g))].sort(compareVersions)
  expect(versions).toEqual(texts)
  expect(versions.length).toBeGreaterThan(0)
  expect(compareVersions(versions.at(-1)!, '2.28')).toBeLessThanOrEqual(0)
})
