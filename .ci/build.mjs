// npm run build: what an import of the package needs.
import { build, main } from './steps.mjs'

await main(build)
