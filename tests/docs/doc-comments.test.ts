import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { masked, root, Sandbox } from './sandbox'

/** An `@example` of a doc comment, and what its `// ...` behind a `console.log` says that it prints. */
interface Example {
  readonly place: string
  readonly code: string
  readonly says: readonly string[]
}

/** All complete examples of a file: those that import what they use. */
function examplesOf(file: string, text: string): Example[] {
  const examples: Example[] = []
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*(\/\*\*|\*\/|\* ?)/, ''))
    const from = lines.indexOf('@example')
    if (from < 0) continue
    const rest = lines.slice(from + 1)
    const to = rest.findIndex((line) => /^@\w/.test(line))
    const code = rest.slice(0, to < 0 ? undefined : to).join('\n').trim()
    if (!/^import .* from 'haggle'/m.test(code)) continue
    // What stands behind a console.log is its output, unless it is about it: 'the first rows', 'what is in it'.
    const says = [...code.matchAll(/^\s*console\.log\(.*\) +\/\/ (?!what |the )(.*)$/gm)].map(([, output]) => output!.trim())
    examples.push({ place: `${file}:${text.slice(0, comment.index).split('\n').length + from + 1}`, code, says })
  }
  return examples
}

const examples = (readdirSync(join(root, 'src'), { recursive: true }) as string[])
  .filter((name) => name.endsWith('.ts') && !name.startsWith('native')).sort()
  .flatMap((name) => examplesOf(`src/${name}`, readFileSync(join(root, 'src', name), 'utf8')))

it('finds complete examples, and leaves fragments', () => {
  const text = "/** One.\n *\n * @example\n * import { a } from 'haggle'\n * console.log(a)   // 1\n *\n * @throws x\n */\n/**\n * @example\n * fragment()\n */"
  expect(examplesOf('f.ts', text)).toEqual([{ place: 'f.ts:4', code: "import { a } from 'haggle'\nconsole.log(a)   // 1", says: ['1'] }])
  expect(examples.length).toBeGreaterThan(5)
})

// They run what was built, as a user would: `npm test` builds first.
describe.skipIf(!existsSync(join(root, 'dist/index.mjs')))('examples in doc comments', () => {
  const sandbox = new Sandbox()
  beforeAll(async () => {
    examples.forEach(({ code }, at) => { sandbox.add(`example${at}`, code) })
    expect(await sandbox.compile()).toBe('')
  })
  afterAll(() => { sandbox.remove() })

  it.each(examples.map(({ place, says }, at) => ({ place, says, at })))('$place', async ({ says, at }) => {
    const { code, stdout, stderr } = await sandbox.run(`example${at}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const output of says) expect(masked(stdout).split('\n').map((line) => line.trim())).toContain(output)
  })
})
