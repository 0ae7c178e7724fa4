import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './consumer'

interface Generator { reference: (out: string, json: string) => Promise<string> }
interface Comment { readonly summary: readonly { text: string }[], readonly blockTags?: readonly { tag: string, content: readonly { text: string }[] }[] }
interface Entry { readonly name: string, readonly kind: number, readonly comment?: Comment, readonly signatures?: readonly { readonly comment?: Comment }[] }

/** typedoc's numbers of kinds, and the folders that their pages stand in. */
const PAGES: Readonly<Record<number, string>> = { 32: 'variables', 64: 'functions', 128: 'classes', 256: 'interfaces', 2097152: 'types' }

describe('API reference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-reference-test-'))
  let missing = ''
  let entries: readonly Entry[] = []
  beforeAll(async () => {
    const { reference } = await import(pathToFileURL(join(root, '.ci/docs.mjs')).href) as Generator
    // It throws where there is a warning.
    missing = await reference(join(folder, 'html'), join(folder, 'reference.json'))
    if (missing !== '') process.stdout.write(`notice: skipped, not to be had here: ${missing}\n`)
    else entries = (JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as { children: Entry[] }).children
  })
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  it('has a page of every export', (context) => {
    if (missing !== '') context.skip(missing)
    const pages = entries.filter(({ name, kind }) => existsSync(join(folder, 'html', PAGES[kind] ?? '', `${name}.html`))).map(({ name }) => name)
    expect(pages).toEqual(entries.map(({ name }) => name))
    const exported = Object.keys(createRequire(join(root, 'package.json'))(root) as object).filter((name) => name !== '__esModule')
    expect(exported.length).toBeGreaterThan(20)
    expect(pages).toEqual(expect.arrayContaining(exported))
  })

  it('has a sentence and a complete example of each, which the tests of the doc comments run', (context) => {
    if (missing !== '') context.skip(missing)
    const without = entries.filter((entry) => {
      const comments = [entry, ...entry.signatures ?? []].map(({ comment }) => comment)
      const tags = comments.flatMap((comment) => comment?.blockTags ?? [])
      const isComplete = tags.some(({ tag, content }) => tag === '@example' && /^import .* from 'haggle'$/m.test(content.map(({ text }) => text).join('')))
      return !comments.some((comment) => comment !== undefined && comment.summary.length > 0) || !isComplete
    })
    expect(without.map(({ name }) => name)).toEqual([])
  })
})
