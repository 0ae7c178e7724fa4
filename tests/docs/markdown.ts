/** A runnable block of a page: its code, and the output that the page shows for it. */
export interface Block {
  /** The heading that it stands under. */
  readonly heading: string
  /** Line of its first line of code, from 1. */
  readonly line: number
  readonly code: string
  /** What the `text` block right behind it says; undefined where there is none. */
  readonly shown: string | undefined
  /** First and last line of that text, from 0; the last one is left out. */
  readonly span: readonly [from: number, to: number]
}

/**
 * The `ts` blocks of a Markdown page. A `text` block that follows with nothing but empty lines between is the output.
 * Fences are three backticks at the start of a line.
 */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  let heading = ''
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    if (!line.startsWith('```')) {
      heading = /^#+ (.*)/.exec(line)?.[1] ?? heading
      continue
    }
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`the fence of line ${at + 1} is not closed`)
    if (line === '```ts') {
      let next = end + 1
      while (lines[next] === '') next++
      const close = lines[next] === '```text' ? lines.indexOf('```', next) : -1
      const span = close < 0 ? [0, 0] as const : [next + 1, close] as const
      blocks.push({ heading, line: at + 2, code: lines.slice(at + 1, end).join('\n'), shown: close < 0 ? undefined : lines.slice(...span).join('\n'), span })
    }
    at = end
  }
  return blocks
}

/** The page with other outputs, given by block; undefined leaves what is there. */
export function withOutputs(markdown: string, blocks: readonly Block[], outputs: readonly (string | undefined)[]): string {
  const lines = markdown.split('\n')
  // From the end, so that the places before stay right.
  for (const [at, block] of [...blocks.entries()].reverse()) {
    const output = outputs[at]
    if (block.shown !== undefined && output !== undefined) lines.splice(block.span[0], block.span[1] - block.span[0], ...output.trimEnd().split('\n'))
  }
  return lines.join('\n')
}
