// Many back-tests in one call, in a process of its own so that its largest memory is theirs. Prints
// {"seconds","runs","peakMb","baseMb"}; the argument says how many runs.
import { runBacktests, sampleData, type BacktestArgsDynamic } from 'haggle'
import { constant, SAMPLE_ROWS } from './workload.mjs'

const PER_MB = 1024
const runs = Number(process.argv[2])

/** Pairs of lengths, each another one: `fast` from 2 to 101, `slow` above it. */
function* grid(): Generator<BacktestArgsDynamic> {
  for (let at = 0; at < runs; at++) {
    const fast = 2 + (at % 100)
    yield { id: `run ${at}`, strategy: { native: 'emaCross', fast, slow: fast + 1 + Math.floor(at / 100) } }
  }
}

const { system, marketData } = sampleData.binanceSpot()
const baseMb = process.memoryUsage.rss() / PER_MB ** 2
const start = performance.now()
const { summaries } = await runBacktests({ ...constant, system: { ...system, ...constant.system }, marketData }, grid())
const seconds = (performance.now() - start) / 1e3

const odd = summaries.find((summary) => summary.error !== undefined || summary.events !== SAMPLE_ROWS)
if (summaries.length !== runs || odd) throw odd?.error ?? new Error(`${summaries.length} of ${runs} runs were done`)
console.log(JSON.stringify({ seconds, runs, peakMb: process.resourceUsage().maxRSS / PER_MB, baseMb }))
