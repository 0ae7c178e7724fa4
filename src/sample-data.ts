import { sampleBinanceSpot } from '#native'
import { make, type MarketData } from './market-data'
import { SystemConfig } from './system-config'

/**
 * Real market data that comes with the package.
 *
 * @example
 * import { sampleData } from 'haggle'
 * const { system, marketData } = sampleData.binanceSpot()
 * console.log(marketData.length, system.instruments.map(({ symbol }) => symbol))
 */
export const sampleData: {
  /**
   * Best quotes and prints of BTC/USDT, ETH/USDT and SOL/USDT on Binance spot: 50,000 rows of three minutes, recorded on
   * 2025-03-25. Prints carry the venue's stamps and quotes the recorder's; both stand on one clock here, which makes a
   * result name the lag. The system has no balances: give them to the back-test.
   */
  binanceSpot(): { system: SystemConfig, marketData: MarketData }
} = Object.freeze({
  binanceSpot: () => ({
    system: new SystemConfig({ exchange: 'binance_spot', instruments: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] }),
    marketData: make(sampleBinanceSpot),
  }),
})
