import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { MarketData, type MarketDataRow, type ReadOptions } from '../../src/index'
import { bytes, rejected } from './files'

/** A row in short: what a reader of the file would check first. */
function short(row: MarketDataRow): string {
  const at = row.timeExchange
  if (row.kind === 'trade') return `${at} ${row.symbol} ${row.side} ${row.quantity} at ${row.price}`
  if (row.kind === 'quote') return `${at} ${row.symbol} ${row.bidSize} at ${row.bid}, ${row.askSize} at ${row.ask}`
  if (row.kind === 'bar') return `${row.timeOpen} to ${at} ${row.symbol} ${row.open} ${row.high} ${row.low} ${row.close} ${row.volume}`
  if (row.kind === 'book') return `${at} ${row.symbol} ${row.isSnapshot ? 'is' : 'now'} ${row.bids.map((level) => level.join('x')).join(' ')} | ${row.asks.map((level) => level.join('x')).join(' ')}`
  return `${at} ${row.symbol} gap`
}

async function read(text: string | Uint8Array, options: ReadOptions = {}): Promise<string[]> {
  return [...(await MarketData.fromCsv(typeof text === 'string' ? bytes(text) : text, options)).rows()].map(short)
}

/** One file in a zip archive, made by hand: local header, data, directory. */
function zip(files: Record<string, string>): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc(Buffer.from(text)), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(Buffer.byteLength(text), 18)
    head.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, tail, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const all = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(all.length, 8)
  end.writeUInt32LE(offset, 12)
  return new Uint8Array(Buffer.concat([...parts, all, Buffer.from('PK\x05\x06'), end]))
}

function crc(data: Uint8Array): number {
  let sum = ~0
  for (const byte of data) {
    sum ^= byte
    for (let i = 0; i < 8; i++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return ~sum >>> 0
}

const btc = { symbol: 'BTC/USDT' }
const minutes = { ...btc, timeframe: '1m' } as const

describe('Binance Vision', () => {
  const klines = '1704067200000,42283.58,42298.62,42261.02,42298.61,35.92724,1704067259999,1519032.88,1327,23.18766,980394.5,0\n'
  const bar = '2024-01-01T00:00:00Z to 2024-01-01T00:01:00Z BTC/USDT 42283.58 42298.62 42261.02 42298.61 35.92724'
  const header = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n'

  it('klines, in milliseconds and in microseconds, with a header and without', async () => {
    expect(await read(klines, minutes)).toEqual([bar])
    expect(await read(header + klines, minutes)).toEqual([bar])
    expect(await read(klines.replace('1704067200000', '1704067200000000').replace('1704067259999', '1704067259999999'), minutes)).toEqual([bar])
  })

  it('klines by their close, which is a millisecond before the minute', async () => {
    expect(await read(header + klines, { ...minutes, stamp: 'close' })).toEqual([bar.replace('2024-01-01T00:00:00Z to 2024-01-01T00:01:00Z', '2023-12-31T23:59:59.999Z to 2024-01-01T00:00:59.999Z')])
  })

  it('inside a zip, and only one file of it', async () => {
    expect(await read(zip({ 'BTCUSDT-1m-2024-01-01.csv': header + klines }), minutes)).toEqual([bar])
    expect((await rejected(MarketData.fromCsv(zip({ 'a.csv': klines, 'b.csv': klines }), minutes))).message).toContain('the zip archive has 2 files instead of one: ')
    const cut = zip({ 'a.csv': klines })
    expect((await rejected(MarketData.fromCsv(cut.subarray(0, cut.length - 30), minutes))).code).toBe('INVALID_DATA')
  })

  it('trades, spot and futures', async () => {
    const seen = ['2024-01-01T00:00:00.007Z BTC/USDT Buy 0.00113 at 42283.58', '2024-01-01T00:00:00.012Z BTC/USDT Sell 0.5 at 42283.57']
    expect(await read('3358570,42283.58,0.00113,47.78,1704067200007,False,True\n3358571,42283.57,0.5,21141.785,1704067200012,True,True\n', btc)).toEqual(seen)
    const futures = '3358570,42283.58,0.00113,47.78,1704067200007,false\n3358571,42283.57,0.5,21141.785,1704067200012,true\n'
    expect(await read(futures, btc)).toEqual(seen)
    expect(await read(`id,price,qty,quote_qty,time,is_buyer_maker\n${futures}`, btc)).toEqual(seen)
  })

  it('aggTrades, spot and futures', async () => {
    const seen = ['2024-01-01T00:00:00.007Z BTC/USDT Sell 0.25 at 42283.58']
    expect(await read('2761,42283.58,0.25,3358570,3358572,1704067200007000,True,True\n', btc)).toEqual(seen)
    expect(await read('2761,42283.58,0.25,3358570,3358572,1704067200007,true\n', btc)).toEqual(seen)
    expect(await read('agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n2761,42283.58,0.25,3358570,3358572,1704067200007,true\n', btc)).toEqual(seen)
  })

  it('bookTicker', async () => {
    const rows = '3817,27077.3,19.35,27077.4,8.6,1684237787209,1684237787214\n'
    const seen = ['2023-05-16T11:49:47.209Z BTC/USDT 19.35 at 27077.3, 8.6 at 27077.4']
    expect(await read(rows, btc)).toEqual(seen)
    expect(await read(`update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time\n${rows}`, btc)).toEqual(seen)
  })

  it('bookDepth: each band is a level at its average price, against the one who takes', async () => {
    const text = 'timestamp,percentage,depth,notional\n2024-01-01 00:00:08,-2,30,2970\n2024-01-01 00:00:08,-1,10,995\n2024-01-01 00:00:08,1,3,302\n2024-01-01 00:00:08,2,6,608\n2024-01-01 00:00:38,-1,1,100\n2024-01-01 00:00:38,1,1,101\n'
    const data = await MarketData.fromCsv(bytes(text), btc)
    expect([...data.rows()].map(short)).toEqual([
      '2024-01-01T00:00:08Z BTC/USDT is 99.5x10 98.75x20 | 100.66667x3 102x3',
      '2024-01-01T00:00:38Z BTC/USDT is 100x1 | 101x1',
    ])
    expect(data.warnings.map(({ code }) => code)).toEqual(['BANDS'])
  })

  it('depth of the futures, snapshots and updates', async () => {
    const text = 'symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu\n'
      + 'BTCUSDT,1667347199939,1,2,b,snap,20472.7,1.5,0\nBTCUSDT,1667347199939,1,2,a,snap,20472.8,0.5,0\nBTCUSDT,1667347200039,3,4,a,set,20472.8,0,2\n'
    expect(await read(text, { kind: 'book' })).toEqual(['2022-11-01T23:59:59.939Z BTCUSDT is 20472.7x1.5 | 20472.8x0.5', '2022-11-02T00:00:00.039Z BTCUSDT now  | 20472.8x0'])
  })
})

describe('Tardis', () => {
  const exchange = { exchange: 'deribit' }
  it('trades, quotes and book_ticker', async () => {
    expect(await read('exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nderibit,BTC-PERPETUAL,1585699209920000,1585699210200000,80,sell,6424,100\n')).toEqual(['2020-04-01T00:00:09.920Z BTC-PERPETUAL Sell 100 at 6424'])
    const quotes = 'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\nderibit,BTC-PERPETUAL,1585699200245000,1585699200355684,18640,6421.5,6421,86580\n'
    const [row] = [...(await MarketData.fromCsv(bytes(quotes), exchange)).rows()]
    expect(short(row!)).toBe('2020-04-01T00:00:00.245Z BTC-PERPETUAL 86580 at 6421, 18640 at 6421.5')
    expect(row!.timeReceived).toBe('2020-04-01T00:00:00.355684Z')
  })

  it('incremental_book_L2', async () => {
    const text = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n'
      + 'deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,ask,6421.5,18640\nderibit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,bid,6421,9900\n'
      + 'deribit,BTC-PERPETUAL,1585699200300000,1585699200410000,false,bid,6421,0\n'
    expect(await read(text)).toEqual(['2020-04-01T00:00:00.245Z BTC-PERPETUAL is 6421x9900 | 6421.5x18640', '2020-04-01T00:00:00.300Z BTC-PERPETUAL now 6421x0 | '])
  })

  it('book_snapshot: every row is a book', async () => {
    const text = 'exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount\n'
      + 'binance,BTCUSDT,1640995200000000,1640995200100000,50001,1,49999,1.5,50002,2,,\n'
    expect(await read(text)).toEqual(['2022-01-01T00:00:00Z BTCUSDT is 49999x1.5 | 50001x1 50002x2'])
  })
})

describe('exchanges', () => {
  it('Bybit: derivatives with seconds, spot with milliseconds', async () => {
    const trading = 'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional\n1704326400.1000,BTCUSDT,Buy,0.010,42500.10,PlusTick,m-3001,4.25001e+11,0.010,425.001\n'
    expect(await read(trading)).toEqual(['2024-01-04T00:00:00.100Z BTCUSDT Buy 0.01 at 42500.1'])
    expect(await read('id,timestamp,price,volume,side,rpi\n1,1747612800074,106453.8,0.003718,sell,0\n', btc)).toEqual(['2025-05-19T00:00:00.074Z BTC/USDT Sell 0.003718 at 106453.8'])
  })

  it('OKX: trades of three ages, with the noise that their sizes have, and candles', async () => {
    expect(await read('instrument_name,trade_id,side,price,size,created_time\nBTC-USDT,465953984,buy,104933.5,0.00044782999999999997,1737331200000\n')).toEqual(['2025-01-20T00:00:00Z BTC-USDT Buy 0.00044783 at 104933.5'])
    expect(await read('instrument_name,trade_id,side,price,size,created_time,source\nBTC-USDT-SWAP,2885385355,sell,78542.2,14.07,1788192000021,0\n')).toEqual(['2026-08-31T16:00:00.021Z BTC-USDT-SWAP Sell 14.07 at 78542.2'])
    expect(await read('trade_id/撮合id,side/交易方向,size/数量,price/价格,created_time/成交时间\n1,BUY,0.5,16547.5,1672502400012\n', btc)).toEqual(['2022-12-31T16:00:00.012Z BTC/USDT Buy 0.5 at 16547.5'])
    const gbk = new Uint8Array([...bytes('trade_id/'), 0xb4, 0xe9, 0xba, 0xcf, ...bytes('id,side/'), 0xbd, 0xbb, ...bytes(',size/'), 0xca, 0xfd, ...bytes(',price/'), 0xbc, 0xdb, ...bytes(',created_time/'), 0xb3, 0xc9, ...bytes('\n1,BUY,0.5,16547.5,1672502400012\n')])
    expect(await read(gbk, btc)).toEqual(['2022-12-31T16:00:00.012Z BTC/USDT Buy 0.5 at 16547.5'])
    expect(await read('instrument_name,open,high,low,close,vol,vol_ccy,vol_quote,open_time,confirm\nETH-USDT-SWAP,3839.44,3843.58,3836.71,3838.16,23503.2,2350.32,9024127.30277,1761148800000,1\n', { timeframe: '1m' })).toEqual([
      '2025-10-22T16:00:00Z to 2025-10-22T16:01:00Z ETH-USDT-SWAP 3839.44 3843.58 3836.71 3838.16 23503.2',
    ])
  })

  it('Kraken: candles and trades without a header', async () => {
    expect(await read('1704067200,42283,42298,42261,42290,3.5,120\n1704067260,42290,42291,42280,42285,1.25,44\n', { symbol: 'BTC/USD', timeframe: '1m', stamp: 'open' })).toEqual([
      '2024-01-01T00:00:00Z to 2024-01-01T00:01:00Z BTC/USD 42283 42298 42261 42290 3.5',
      '2024-01-01T00:01:00Z to 2024-01-01T00:02:00Z BTC/USD 42290 42291 42280 42285 1.25',
    ])
    expect(await read('1381095255,122.0,0.1\n1381179030.1,123.61,0.2\n', { symbol: 'BTC/USD' })).toEqual(['2013-10-06T21:34:15Z BTC/USD Buy 0.1 at 122', '2013-10-07T20:50:30.100Z BTC/USD Buy 0.2 at 123.61'])
  })

  it('Coinbase: candles low first, and trades that name the side of the maker', async () => {
    expect(await read('time,low,high,open,close,volume\n1704067260,42261,42298,42290,42285,1.25\n1704067200,42250,42299,42283,42290,3.5\n', { symbol: 'BTC/USD', timeframe: '1m', stamp: 'open' })).toEqual([
      '2024-01-01T00:00:00Z to 2024-01-01T00:01:00Z BTC/USD 42283 42299 42250 42290 3.5',
      '2024-01-01T00:01:00Z to 2024-01-01T00:02:00Z BTC/USD 42290 42298 42261 42285 1.25',
    ])
    const trades = 'trade_id,side,size,price,time\n1,sell,0.5,42283.5,2024-01-01T00:00:00.123456Z\n'
    expect(await read(trades, { symbol: 'BTC/USD', columns: { makerSide: 'side' } })).toEqual(['2024-01-01T00:00:00.123456Z BTC/USD Buy 0.5 at 42283.5'])
  })
})

describe('collections', () => {
  it('CryptoDataDownload: an address in front, newest first, two volumes', async () => {
    const rows = '1718236800000,2024-06-13 00:00:00,BTCUSDT,69000,69200,68900,69100,5.5,379000,100\n1718233200000,2024-06-12 23:00:00,BTCUSDT,68800,69050,68700,69000,4.25,292000,80\n'
    const seen = ['2024-06-12T23:00:00Z to 2024-06-13T00:00:00Z BTCUSDT 68800 69050 68700 69000 4.25', '2024-06-13T00:00:00Z to 2024-06-13T01:00:00Z BTCUSDT 69000 69200 68900 69100 5.5']
    const head = 'https://www.CryptoDataDownload.com\nUnix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount\n'
    const data = await MarketData.fromCsv(bytes(head + rows), { timeframe: '1h', stamp: 'open' })
    expect([...data.rows()].map(short)).toEqual(seen)
    expect(data.warnings).toEqual([])
    // Whatever stands first, the volume is that of what is traded.
    const turned = head.replace('Volume BTC,Volume USDT', 'Volume USDT,Volume BTC')
    expect((await read(turned + rows, { timeframe: '1h', stamp: 'open' }))[0]).toContain(' 292000')
    expect((await read('Unix,Open,High,Low,Close,Volume USDT\n1718236800,1,1,1,1,5\n', { ...btc, timeframe: '1h', stamp: 'open' }))[0]).toMatch(/ 0$/)
  })

  it('Stooq: daily, and bulk files with ticker, date and time', async () => {
    expect(await read('Date,Open,High,Low,Close,Volume\n2010-01-04,7.62,7.66,7.58,7.64,493729600\n', { symbol: 'AAPL.US', timeframe: '1d', stamp: 'open' })).toEqual(['2010-01-04T00:00:00Z to 2010-01-05T00:00:00Z AAPL.US 7.62 7.66 7.58 7.64 493729600'])
    const bulk = '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nGOOGL,1,20230104,093000,90,91.5,89.5,91,2000,0\nGOOGL,1,20230104,093100,91,91.8,90.8,91.5,1200,0\n'
    expect(await read(bulk, { timeframe: '1m', stamp: 'open', timeZone: 'America/New_York' })).toEqual([
      '2023-01-04T14:30:00Z to 2023-01-04T14:31:00Z GOOGL 90 91.5 89.5 91 2000', '2023-01-04T14:31:00Z to 2023-01-04T14:32:00Z GOOGL 91 91.8 90.8 91.5 1200',
    ])
  })

  it('HistData: candles, candles for MetaTrader, and quotes without sizes', async () => {
    const eurusd = { symbol: 'EUR/USD', timeZone: '-05:00' }
    const seen = ['2012-02-01T05:00:00Z to 2012-02-01T05:01:00Z EUR/USD 1.3066 1.3066 1.30656 1.30656 0']
    expect(await read('20120201 000000;1.306600;1.306600;1.306560;1.306560;0\n', { ...eurusd, timeframe: '1m', stamp: 'open' })).toEqual(seen)
    expect(await read('2012.02.01,00:00,1.306600,1.306600,1.306560,1.306560,0\n', { ...eurusd, timeframe: '1m', stamp: 'open' })).toEqual(seen)
    const ticks = '20120201 000003660,1.306600,1.306770,0\n'
    expect(await read(ticks, { ...eurusd, quoteSize: 1_000_000 })).toEqual(['2012-02-01T05:00:03.660Z EUR/USD 1000000 at 1.3066, 1000000 at 1.30677'])
    const error = await rejected(MarketData.fromCsv(bytes(ticks), eurusd))
    expect(error).toMatchObject({ code: 'INVALID_DATA', hint: expect.stringContaining('quoteSize') })
  })

  it('MetaTrader: tabs, date and time, the real volume', async () => {
    const text = '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.01.02\t09:30:00\t1.1\t1.2\t1.0\t1.15\t10\t250\t3\n'
    expect(await read(text, { symbol: 'EUR/USD', timeframe: '1m', stamp: 'open', timeZone: '+02:00' })).toEqual(['2024-01-02T07:30:00Z to 2024-01-02T07:31:00Z EUR/USD 1.1 1.2 1 1.15 250'])
  })

  it('Dukascopy: the day first, with noise', async () => {
    const eurusd = { symbol: 'EUR/USD' }
    expect(await read('Gmt time,Open,High,Low,Close,Volume\n26.03.2025 00:00:00.000,1.07894,1.07894,1.07888,1.07888,9899.999999999998\n', { ...eurusd, timeframe: '1s', stamp: 'open' })).toEqual([
      '2025-03-26T00:00:00Z to 2025-03-26T00:00:01Z EUR/USD 1.07894 1.07894 1.07888 1.07888 9900',
    ])
    expect(await read('Gmt time,Ask,Bid,AskVolume,BidVolume\n31.07.2011 23:00:00.885,1.13733,1.1370200000000001,2.25,1.13\n', eurusd)).toEqual(['2011-07-31T23:00:00.885Z EUR/USD 1.13 at 1.13702, 2.25 at 1.13733'])
    expect((await read('Gmt time,Ask,Bid,AskVolume,BidVolume\n01.12.2017 00:00:00.192 GMT+0100,1.13733,1.13702,2.25,1.13\n', eurusd))[0]).toContain('2017-11-30T23:00:00.192Z')
  })

  it('Yahoo: holidays without a price', async () => {
    const text = 'Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-01,null,null,null,null,null,null\n2020-01-02,10,12,9,11,10.5,100\n'
    const data = await MarketData.fromCsv(bytes(text), { symbol: 'X', timeframe: '1d', stamp: 'open' })
    expect([...data.rows()].map(short)).toEqual(['2020-01-02T00:00:00Z to 2020-01-03T00:00:00Z X 10 12 9 11 100'])
    expect(data.warnings).toEqual([{ code: 'EMPTY_BARS', message: '1 bars without any price were left out' }])
  })

  it('yfinance: three lines of header, rounded floats', async () => {
    const daily = { timeframe: '1d', stamp: 'open' } as const
    const text = 'Price,Close,High,Low,Open,Volume\nTicker,MSFT,MSFT,MSFT,MSFT,MSFT\nDate,,,,,\n2024-01-02,185.63999938964844,188.44000244140625,183.88999938964844,187.14999389648438,82488700\n'
    expect(await read(text, daily)).toEqual(['2024-01-02T00:00:00Z to 2024-01-03T00:00:00Z MSFT 187.15 188.44 183.89 185.64 82488700'])
    expect((await read(text, { ...daily, decimals: 'exact' }))[0]).toContain('185.63999938964844')
    expect((await read(text, { ...daily, symbol: 'MSFT/USD' }))[0]).toContain('MSFT/USD')
    const two = 'Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,A,B,A,B,A,B,A,B\nDate,,,,,,,,\n2024-01-02,1,2,1,2,1,2,1,2\n'
    expect(await read(two, { ...daily, symbol: 'B' })).toEqual(['2024-01-02T00:00:00Z to 2024-01-03T00:00:00Z B 2 2 2 2 0'])
    expect(await rejected(MarketData.fromCsv(bytes(two), daily))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.symbol', message: expect.stringContaining('the file has several tickers: A, B') })
  })
})

describe('packed sources', () => {
  it('are known by their bytes', async () => {
    const text = 'time,price,qty\n1723161600,100.5,2\n'
    const zst = Buffer.from('KLUv/QRYEQEAdGltZSxwcmljZSxxdHkKMTcyMzE2MTYwMCwxMDAuNSwyChQxf9g=', 'base64')
    for (const packed of [gzipSync(text), zip({ 'a.csv': text }), new Uint8Array(zst)]) expect(await read(packed, btc)).toEqual(['2024-08-09T00:00:00Z BTC/USDT Buy 2 at 100.5'])
  })
})
