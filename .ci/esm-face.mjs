// Writes dist/<entry>.mjs, the ESM face of the CommonJS build: the same objects under the same names, so that `import` and
// `require` give one class identity. The names are spelled out, because Node only guesses those of a CommonJS module.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './steps.mjs'

for (const entry of ['index', 'vitest']) {
  const names = Object.keys(createRequire(import.meta.url)(join(root, `dist/${entry}.js`))).filter((name) => name !== '__esModule').sort()
  const list = names.map((name) => `  ${name},`).join('\n')
  writeFileSync(join(root, `dist/${entry}.mjs`), `import haggle from './${entry}.js'\n\nexport const {\n${list}\n} = haggle\n`)
  writeFileSync(join(root, `dist/${entry}.d.mts`), `export * from './${entry}.js'\n`)
}
