import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { circles, type Graph, knots, levels } from './circles'
import { rustFiles } from './rust-files'
import { imports, typescriptFiles } from './typescript-files'

const root = join(__dirname, '../..')
const crates = readdirSync(join(root, 'crates'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)

/**
 * The knots of files that are still there, by crate: each needs each other of its line in the end. In a crate, `run` is `run.rs` with the
 * folder `run`, but for its own children: to them it is the file alone. No file comes into a knot, and none stays listed that has left
 * one: HAGGLE_UPDATE_CIRCLES=1 takes those out, and puts none in.
 */
const list = join(__dirname, 'known-circles.json')
const known = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string[]>
const graphs = new Map<string, Graph[]>([
  ...crates.map((crate) => [crate, levels(rustFiles(join(root, 'crates', crate, 'src')))] as const),
  ['typescript', [typescriptFiles(join(root, 'src'))]],
])
const found = new Map([...graphs].map(([name, all]) => [name, all.flatMap(knots).sort()]))
if (process.env.HAGGLE_UPDATE_CIRCLES) {
  const isWithin = (knot: string, other: string): boolean => knot.split(', ').every((name) => other.split(', ').includes(name))
  for (const [name, lines] of Object.entries(known)) {
    known[name] = (found.get(name) ?? []).filter((knot) => lines.some((line) => isWithin(knot, line)))
    if (known[name].length === 0) delete known[name]
  }
  writeFileSync(list, JSON.stringify(known, undefined, 2) + '\n')
}

describe('the files of', () => {
  it.each([...graphs.keys()])('%s go in no circle but the known ones', (name) => {
    expect(found.get(name), (graphs.get(name) ?? []).flatMap(circles).join('\n')).toEqual(known[name] ?? [])
  })

  it('crates that are gone are not known', () => {
    expect(Object.keys(known).filter((name) => !found.has(name))).toEqual([])
  })
})

describe('the crates', () => {
  it('need what ARCHITECTURE lists', () => {
    const page = readFileSync(join(root, 'crates/ARCHITECTURE.md'), 'utf8')
    const listed = [...page.matchAll(/^(\w+) -> ([\w, ]+)$/gm)].flatMap(([, from, to]) => (to ?? '').split(', ').map((name) => `${from} -> ${name}`))
    const needed = crates.flatMap((crate) => {
      const manifest = readFileSync(join(root, 'crates', crate, 'Cargo.toml'), 'utf8')
      return [...new Set([...manifest.matchAll(/^haggle-(\w+)/gm)].map((match) => `${crate} -> ${match[1]}`))]
    })
    expect(listed.sort()).toEqual(needed.sort())
  })
})

/** The circles of a crate with these files. */
const circlesOf = (files: Record<string, string>): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-structure-'))
  try {
    for (const [name, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), code)
    }
    return levels(rustFiles(folder)).flatMap(circles)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('a graph', () => {
  const all: Graph = new Map([['a', new Set(['b'])], ['b', new Set(['c'])], ['c', new Set(['a', 'd'])], ['d', new Set(['e'])], ['e', new Set(['d'])], ['f', new Set(['a'])]])

  it('has knots, and in each a shortest circle for each edge', () => {
    expect(knots(all)).toEqual(['a, b, c', 'd, e'])
    expect(circles(all)).toEqual(['a > b > c', 'd > e'])
  })
})

describe('in Rust,', () => {
  const lib = 'mod a; mod b;'
  const a = 'use crate::b::B; pub struct A;'

  it('two files that import each other are a circle', () => {
    expect(circlesOf({ 'lib.rs': lib, 'a.rs': a, 'b.rs': 'use super::a::{self, A as Other}; pub struct B;' })).toEqual(['a > b'])
  })

  it('paths in code are imports, too', () => {
    expect(circlesOf({ 'lib.rs': lib, 'a.rs': a, 'b.rs': 'pub struct B; fn f() { crate::a::A::new(); }' })).toEqual(['a > b'])
    expect(circlesOf({ 'lib.rs': lib, 'a.rs': a, 'b.rs': 'use crate::a; pub struct B; fn f(_: a::A) {}' })).toEqual(['a > b'])
    expect(circlesOf({ 'lib.rs': lib, 'a.rs': a, 'b.rs': 'pub struct B { #[serde(with = "crate::a::A")] c: u8 }' })).toEqual(['a > b'])
  })

  it('comments, texts, tests and other crates are none', () => {
    const b = `
      //! crate::a::A
      /* use crate::a::A; */
      use other::a::A;
      pub struct B;
      const TEXT: &str = r#"use crate::a::A;"#; const QUOTE: char = '"';
      #[cfg(test)] mod tests { use crate::a::A; }`
    expect(circlesOf({ 'lib.rs': lib, 'a.rs': a, 'b.rs': b })).toEqual([])
    expect(circlesOf({ 'lib.rs': `${lib} #[cfg(test)] mod c;`, 'a.rs': a, 'b.rs': 'pub struct B;', 'c.rs': 'use crate::a::A; pub struct C;' })).toEqual([])
  })

  it('a re-export leads to the file that has the item', () => {
    const files = { 'a.rs': 'use crate::B;  pub struct A;', 'b.rs': 'use crate::A; pub struct B;' }
    expect(circlesOf({ ...files, 'lib.rs': `${lib} pub use a::A; pub use b::B;` })).toEqual(['a > b'])
    expect(circlesOf({ ...files, 'lib.rs': `${lib} pub use a::*; pub use b::*;` })).toEqual(['a > b'])
    expect(circlesOf({ ...files, 'b.rs': 'pub struct B;', 'lib.rs': `${lib} pub use a::A; pub use b::B;` })).toEqual([])
  })

  it('a parent that declares and re-exports what its child has needs nothing of it', () => {
    const child = 'use super::A; pub struct C;'
    expect(circlesOf({ 'lib.rs': 'mod a;', 'a.rs': 'mod c; pub use c::C; pub struct A;', 'a/c.rs': child })).toEqual([])
    expect(circlesOf({ 'lib.rs': 'mod a;', 'a.rs': 'mod c; pub use c::C; pub struct A { c: C }', 'a/c.rs': child })).toEqual(['a > a/c'])
    expect(circlesOf({ 'lib.rs': 'mod a;', 'a.rs': 'mod c; pub struct A { c: c::C }', 'a/c.rs': child })).toEqual(['a > a/c'])
    expect(circlesOf({ 'lib.rs': 'mod a;', 'a/mod.rs': 'mod c; use c::C; pub struct A { c: C }', 'a/c.rs': 'pub struct C;' })).toEqual([])
  })

  it('a file and its folder are one to the files outside', () => {
    const files = { 'lib.rs': lib, 'b.rs': 'use crate::a::A; pub struct B;', 'a/c.rs': 'use crate::b::B; pub struct C;' }
    expect(circlesOf({ ...files, 'a.rs': 'mod c; pub struct A;' })).toEqual(['a > b'])
  })
})

describe('in TypeScript,', () => {
  it('imports of values and types count, and those in comments do not', () => {
    const code = "import {\n  a,\n  type B\n} from './a'\nexport * from './b'\nimport type { C } from './c'\nimport './d'\n// import './e'\n * import { f } from './f'\n"
    expect(imports(code)).toEqual(['./a', './b', './c', './d'])
  })
})
