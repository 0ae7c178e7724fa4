/** Which name needs which. */
export type Graph = Map<string, Set<string>>

/** A graph of names and edges, without what stands for itself. */
export const graph = (names: string[], edges: readonly (readonly [from: string, to: string])[]): Graph => {
  const all: Graph = new Map([...new Set(names)].sort().map((name) => [name, new Set<string>()]))
  for (const [from, to] of edges) if (from !== to) all.get(from)?.add(to)
  return all
}

/** The shortest way from one name to another, with both ends; among equally long ones the first in the alphabet. */
const way = (all: Graph, from: string, to: string): string[] | undefined => {
  const before = new Map<string, string | undefined>([[from, undefined]])
  for (const name of before.keys()) {
    if (name === to) {
      const names: string[] = []
      for (let at: string | undefined = name; at !== undefined; at = before.get(at)) names.unshift(at)
      return names
    }
    for (const next of [...all.get(name) ?? []].sort()) if (!before.has(next)) before.set(next, name)
  }
  return undefined
}

/** The circles of a graph: for each edge in one the shortest, as `a > b > c`, its first name first in the alphabet. */
export const circles = (all: Graph): string[] => {
  const found = new Set<string>()
  for (const [from, needs] of all) {
    for (const to of needs) {
      const names = way(all, to, from)
      if (!names) continue
      const first = names.indexOf([...names].sort()[0] as string)
      found.add([...names.slice(first), ...names.slice(0, first)].join(' > '))
    }
  }
  return [...found].sort()
}

/** What goes in circles together: sets of names of which each needs each other in the end, as `a, b, c`. */
export const knots = (all: Graph): string[] => {
  const found = [...all.keys()].map((name) => [...all.keys()].filter((other) => way(all, name, other) && way(all, other, name)))
  return [...new Set(found.filter((names) => names.length > 1).map((names) => names.join(', ')))].sort()
}

/** One graph a folder, from one of files (`a`, `a/b`): at each level, a file and the folder of its name are one, and the folder's own file is beside its children. So each circle of files is found once, at the level at which its files part. */
export const levels = (all: Graph): Graph[] => {
  const edges = new Map<string, [string, string][]>()
  for (const [from, needs] of all) {
    for (const to of needs) {
      const [a, b] = [from.split('/'), to.split('/')]
      let common = 0
      while (common < a.length && a[common] === b[common]) common++
      const level = a.slice(0, common).join('/')
      const at = edges.get(level) ?? []
      at.push([a.slice(0, common + 1).join('/'), b.slice(0, common + 1).join('/')])
      edges.set(level, at)
    }
  }
  return [...edges.values()].map((at) => graph(at.flat(), at))
}
