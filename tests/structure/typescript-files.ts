import { readdirSync, readFileSync } from 'node:fs'
import { posix, join, sep } from 'node:path'
import { graph, type Graph } from './circles'

/** The graph of the TypeScript files below a folder, as `orders/wire`, by their `import` and `export ... from`, of types, too. */
export const typescriptFiles = (source: string): Graph => {
  const entries = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((entry) => entry.endsWith('.ts') && !entry.endsWith('.d.ts'))
  const files = entries.map((entry) => entry.split(sep).join('/').replace(/\.ts$/, ''))
  return graph(files, files.flatMap((file) => imports(readFileSync(join(source, `${file}.ts`), 'utf8')).flatMap((path) => {
    const to = posix.join(posix.dirname(file), path)
    return path.startsWith('.') && files.includes(to) ? [[file, to] as const] : []
  })))
}

/** What a file imports. An import may go over several lines; one in a comment has a star or slashes before it. */
export const imports = (code: string): string[] =>
  [...code.matchAll(/^(?:import|export)\s[^'"`;]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? match[2] ?? '')
