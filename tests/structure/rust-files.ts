import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { graph, type Graph } from './circles'

// Which file of a crate needs which, by the paths that stand in its code. It knows modules, items and imports, and no types:
// a method that a child file adds to its parent's struct is no path, so the parent may call it.

/** A module: a file, or a block `mod name { }` in one. */
interface Module {
  file: string
  path: string[]
  /** The children it declares to be compiled; one for tests alone is not among them. */
  children: Set<string>
  items: Set<string>
  /** What a name stands for: the words of a path from the root of the crate. Names of other crates lead nowhere. */
  names: Map<string, string[]>
  /** Modules whose items are imported by `*`. */
  all: string[][]
  uses: Use[]
  /** Paths in code outside of imports. */
  paths: string[][]
}

interface Use {
  path: string[]
  name: string
  isReexport: boolean
}

const ITEM = new Set(['struct', 'enum', 'union', 'trait', 'type', 'fn', 'const', 'static', 'macro_rules'])
const OPEN = new Set(['(', '[', '{'])
const CLOSE = new Set([')', ']', '}'])
const isWord = (token: string | undefined): boolean => token !== undefined && /^[A-Za-z_]/.test(token)

/** The graph of the files of one crate, as `run/rows`; `crate` is its root. */
export const rustFiles = (source: string): Graph => {
  const modules = new Map<string, Module>()
  for (const entry of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    const file = entry.split(sep).join('/')
    if (file.endsWith('.rs')) readModule(modules, tokens(readFileSync(join(source, entry), 'utf8')), file, wordsOf(file))
  }
  for (const { path } of [...modules.values()]) {
    const isCompiled = path.every((word, at) => modules.get(path.slice(0, at).join('::'))?.children.has(word))
    if (!isCompiled) modules.delete(path.join('::'))
  }
  const name = (file: string): string => wordsOf(file).join('/') || 'crate'
  const edges = [...modules.values()].flatMap((module) => needed(modules, module).map((file) => [name(module.file), name(file)] as const))
  return graph([...modules.values()].map((module) => name(module.file)), edges)
}

const wordsOf = (file: string): string[] => file.replace(/\.rs$/, '').split('/').filter((word) => !['lib', 'main', 'mod'].includes(word))

/** Code without comments, texts and what is compiled for tests alone, in words and signs. */
export const tokens = (code: string): string[] => {
  const pattern = /\/\/[^\n]*|\/\*[^]*?\*\/|\b(?:b|c)?r(#*)"[^]*?"\1|(?:b|c)?"(?:\\[^]|[^"\\])*"|b?'(?:\\[^']+|\\'|[^'\\])'|'\w+|\d[\w.]*|(?:r#)?[A-Za-z_]\w*|::|=>|->|[^\s\w]/g
  // An attribute of serde's has a path in a text.
  const paths = code.replace(/(?<==\s*)"((?:crate|super)(?:::\w+)+)"/g, '$1')
  const all = [...paths.matchAll(pattern)].map((match) => match[0]).filter((token) => !/^(\/[/*]|(b|c)?r?#*"|b?'|\d)/.test(token))
  const kept: string[] = []
  for (let at = 0; at < all.length; at++) {
    if (all.slice(at, at + 7).join(' ') === '# [ cfg ( test ) ]') at = itemEnd(all, at + 7)
    else kept.push(all[at] as string)
  }
  return kept
}

/** Where the item ends that begins at `at`: at its semicolon, or, but for an import, at the end of its braces. */
const itemEnd = (all: string[], at: number): number => {
  const isImport = all[at] === 'use'
  for (let depth = 0; at < all.length; at++) {
    const token = all[at] as string
    if (OPEN.has(token)) depth++
    if (CLOSE.has(token)) depth--
    if (depth === 0 && (token === ';' || (token === '}' && !isImport))) break
  }
  return at
}

const readModule = (modules: Map<string, Module>, code: string[], file: string, path: string[]): void => {
  const module: Module = { file, path, children: new Set(), items: new Set(), names: new Map(), all: [], uses: [], paths: [] }
  modules.set(path.join('::'), module)
  for (let at = 0, depth = 0; at < code.length; at++) {
    const token = code[at] as string
    if (OPEN.has(token)) depth++
    if (CLOSE.has(token)) depth--
    if (token === 'mod' && code[at + 2] === '{') {
      const end = itemEnd(code, at)
      module.children.add(code[at + 1] as string)
      readModule(modules, code.slice(at + 3, end), file, [...path, code[at + 1] as string])
      at = end
    } else if (token === 'mod' && code[at + 2] === ';') {
      module.children.add(code[at + 1] as string)
      at += 2
    } else if (token === 'use') {
      const end = itemEnd(code, at)
      readUse(module, code.slice(at + 1, end), [], depth === 0 && (code[at - 1] === 'pub' || code[at - 1] === ')'))
      at = end
    } else if (ITEM.has(token) && depth === 0) {
      const name = code.slice(at + 1).find((word) => isWord(word) && word !== 'mut')
      if (!ITEM.has(name ?? '')) module.items.add(name ?? '')
    } else if (isWord(token) && code[at - 1] !== '.' && code[at - 1] !== '::') {
      const words = [token]
      while (code[at + 1] === '::' && isWord(code[at + 2])) words.push(code[at += 2] as string)
      module.paths.push(words)
    }
  }
}

/** A `use`, with its braces taken apart. */
const readUse = (module: Module, code: string[], before: string[], isReexport: boolean): void => {
  const brace = code.indexOf('{')
  if (brace >= 0) {
    const start = [...before, ...code.slice(0, brace).filter(isWord)]
    let from = brace + 1
    for (let at = from, depth = 0; at < code.length; at++) {
      if (code[at] === '{') depth++
      const isEnd = depth === 0 && (code[at] === ',' || code[at] === '}')
      if (code[at] === '}') depth--
      if (!isEnd) continue
      if (at > from) readUse(module, code.slice(from, at), start, isReexport)
      from = at + 1
    }
    return
  }
  const as = code.indexOf('as')
  const words = [...before, ...(as < 0 ? code : code.slice(0, as)).filter((token) => isWord(token) || token === '*')]
  const isSelf = words.length > 1 && words.at(-1) === 'self'
  const path = absolute(module, isSelf ? words.slice(0, -1) : words)
  if (path.at(-1) === '*') {
    module.all.push(path.slice(0, -1))
    return
  }
  const name = as < 0 ? path.at(-1) ?? '' : code[as + 1] as string
  module.uses.push({ path, name, isReexport })
  module.names.set(name, path)
}

/** A path as seen from the root. One that begins with none of Rust's own words may begin with a child, or with another crate. */
const absolute = (module: Module, words: string[]): string[] => {
  const [first, ...rest] = words
  if (first === 'crate') return rest
  if (first !== 'self' && first !== 'super') return [...module.path, ...words]
  const up = words.findIndex((word) => word !== 'super' && word !== 'self')
  const steps = words.slice(0, up < 0 ? words.length : up).filter((word) => word === 'super').length
  return [...module.path.slice(0, module.path.length - steps), ...words.slice(up < 0 ? words.length : up)]
}

/** The file in which the item of a path is defined, behind all re-exports; nothing for a module itself and for other crates. */
const defined = (modules: Map<string, Module>, path: string[], seen = new Set<string>()): string | undefined => {
  const key = path.join('::')
  // A name that stands for a path which begins with it, of another crate, would grow for ever.
  if (seen.has(key) || path.length > 16) return undefined
  seen.add(key)
  let module = modules.get('')
  for (const [at, word] of path.entries()) {
    if (!module) return undefined
    const child = modules.get(path.slice(0, at + 1).join('::'))
    const isItem: boolean = module.items.has(word)
    if (child && !(isItem && at === path.length - 1)) {
      module = child
      continue
    }
    if (isItem) return module.file
    const rest = path.slice(at + 1)
    const named = module.names.get(word)
    if (named) return defined(modules, [...named, ...rest], seen)
    return module.all.map((from) => defined(modules, [...from, word, ...rest], seen)).find((file) => file !== undefined)
  }
  return undefined
}

/** The files that a module needs. */
const needed = (modules: Map<string, Module>, module: Module): string[] => {
  const files: (string | undefined)[] = []
  const heads = new Set(module.paths.map(([head]) => head))
  for (const use of module.uses) {
    const file = defined(modules, use.path)
    const isOfChild = use.path.length > module.path.length && module.path.every((word, at) => use.path[at] === word)
    // Handing on what a child has is no need of it; using it beside that is.
    if (!(use.isReexport && isOfChild) || heads.has(use.name)) files.push(file)
  }
  for (const words of module.paths) {
    const [head = '', ...rest] = words
    if (head === 'crate' || head === 'self' || head === 'super') files.push(defined(modules, absolute(module, words)))
    else if (rest.length > 0 && module.names.has(head)) files.push(defined(modules, [...module.names.get(head) ?? [], ...rest]))
    else if (rest.length > 0) files.push(defined(modules, [...module.path, ...words]))
    else files.push(...module.all.map((from) => defined(modules, [...from, head])))
  }
  return files.filter((file) => file !== undefined)
}
