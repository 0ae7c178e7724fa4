import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HaggleError } from '../../src/errors'
import { BacktestRun } from '../../src/results/run'
import { numberColumn, scaledColumn, timeColumn } from '../../src/table/column'
import { ColumnTable } from '../../src/table/column-table'
import { writeTable } from '../../src/table/write-table'
import { EquityRow } from '../../src/results/rows'
import type { EquityPoint } from '../../src/types/results'
import { outcome, START } from './outcome'
import { Random } from './random'
import { thrown } from './thrown'

const run = BacktestRun.of(outcome())
const millis = Number(START / 1_000_000n)

describe('rows', () => {
  it('of fills are values with canonical text', () => {
    expect({ ...run.fills.at(0)! }).toEqual({
      id: '0', orderId: '0', cid: 'ema-0', symbol: 'BTC/USDT', exchange: 'binance_spot', strategy: 'ema', side: 'Buy', time: millis + 1e-6,
      timeExchange: '2025-03-25T23:07:00.000000001Z', price: '87232.01', quantity: '1.5', filledQuantity: '1.5', fee: '130.848015', feeAsset: 'USDT', liquidity: 'Taker',
    })
    expect(run.fills.at(2)).toMatchObject({ orderId: '1', cid: 'take, "profit"', price: '5250.5', quantity: '2', filledQuantity: '3', fee: '5', side: 'Sell', liquidity: 'Maker' })
    expect(run.fills.at(1)).toMatchObject({ price: '5250.25', fee: '-0.25', feeAsset: 'USD' })
  })

  it('of orders say what became of them', () => {
    expect(run.orders.toArray().map(({ state, price, averagePrice, timeInForce, isActive }) => ({ state, price, averagePrice, timeInForce, isActive }))).toEqual([
      { state: { kind: 'FullyFilled' }, price: undefined, averagePrice: '87232.01', timeInForce: 'ImmediateOrCancel', isActive: false },
      {
        state: { kind: 'Cancelled', id: '1', timeExchange: '2025-03-25T23:07:01.500Z' }, price: '5250.25', averagePrice: '5250.333333333333333333333333',
        timeInForce: { goodUntil: '2025-03-25T23:08:00Z' }, isActive: false,
      },
      {
        state: { kind: 'OpenFailed', reason: outcome().orders.reasons[0] }, price: '87000', averagePrice: undefined, timeInForce: 'GoodUntilCancelled', isActive: false,
      },
    ])
    expect(run.orders.toArray().map(({ reason, timeSent, timeArrived, timeOpened, timeEnded }) => [reason?.code, timeSent, timeArrived, timeOpened, timeEnded])).toEqual([
      [undefined, 1742944020000, 1742944020000.000001, undefined, 1742944020000.000001],
      ['Requested', 1742944020000, 1742944020000.000001, 1742944020000.000001, 1742944021500],
      ['BalanceInsufficient', 1742944020000, undefined, undefined, 1742944020000],
    ])
    expect(run.closedTrades.at(0)?.closedByEnd).toBe(true)
    expect(run.orders.at(2)).not.toHaveProperty('id')
    expect(run.orders.at(0)).not.toHaveProperty('price')
  })

  it('have barter\'s JSON', () => {
    expect(JSON.parse(JSON.stringify(run.fills.at(0)))).toEqual({
      id: '0', order_id: '0', exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'ema', cid: 'ema-0', time_exchange: '2025-03-25T23:07:00.000000001Z', side: 'Buy',
      price: '87232.01', quantity: '1.5', filled_quantity: '1.5', fees: { asset: 'USDT', fees: '130.848015' }, liquidity: 'Taker',
    })
    expect(run.orders.toArray().map((order) => (JSON.parse(JSON.stringify(order)) as { state: unknown }).state)).toEqual([
      { Inactive: 'FullyFilled' },
      { Inactive: { Cancelled: { id: '1', time_exchange: '2025-03-25T23:07:01.500Z' } } },
      { Inactive: { OpenFailed: { Rejected: { BalanceInsufficient: ['USDT', 'need=87 free=1.5'] } } } },
    ])
    expect(JSON.stringify(run.closedTrades.at(0))).toContain('"price_entry_average":"5250.25","price_exit_average":"5250.5","quantity_abs_max":"3","pnl_realised":"-1.25"')
  })

  it('are equal by value, frozen, and made anew', () => {
    expect(run.fills.at(0)).toEqual(BacktestRun.of(outcome()).fills.at(0))
    expect(run.fills.at(0)).not.toEqual(run.fills.at(1))
    expect(run.fills.at(0)).not.toBe(run.fills.at(0))
    expect(Object.isFrozen(run.fills.at(0))).toBe(true)
    expect(Object.isFrozen(run.orders.at(1)!.state)).toBe(true)
  })

  it('are found as in an array', () => {
    const ids = run.fills.toArray().map(({ id }) => id)
    expect(ids).toEqual(['0', '1', '2'])
    expect([...run.fills].map(({ id }) => id)).toEqual(ids)
    for (const index of [-4, -3, -1, 0, 2, 3, 1.7, NaN]) expect(run.fills.at(index)?.id).toBe(ids.at(index))
  })
})

describe('columns', () => {
  it('are the nearest numbers, times in milliseconds', () => {
    expect([...run.fills.column('price')]).toEqual([87232.01, 5250.25, 5250.5])
    expect([...run.fills.column('fee')]).toEqual([130.848015, -0.25, 5])
    expect([...run.fills.column('timeExchange')]).toEqual([millis + 1e-6, millis + 1, millis + 1500])
    expect([...run.orders.column('averagePrice')]).toEqual([87232.01, 5250.333333333333333, NaN])
    expect([...run.closedTrades.column('pnlReturn')]).toEqual([-0.0001])
  })

  it('are exact at their finest scale, times in nanoseconds', () => {
    expect(run.fills.exact('price')).toEqual({ values: BigInt64Array.of(8_723_201n, 525_025n, 525_050n), scale: 2 })
    expect(run.fills.exact('quantity')).toEqual({ values: BigInt64Array.of(150_000n, 100_000n, 200_000n), scale: 5 })
    expect(run.fills.exact('time')).toEqual({ values: BigInt64Array.of(START + 1n, START + 1_000_000n, START + 1_500_000_000n), scale: 0 })
    expect(run.fills.exact('orderId')).toEqual({ values: BigInt64Array.of(0n, 1n, 1n), scale: 0 })
  })

  it('belong to the caller', () => {
    run.equity.column('value').fill(0)
    expect(run.equity.column('value')[0]).toBe(10_000)
  })

  it('refuse what they cannot be', () => {
    expect(thrown(() => run.fills.column('side'))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'name', hint: expect.stringContaining('price, quantity') as unknown })
    expect(thrown(() => run.fills.column('prise' as 'price'))).toMatchObject({ code: 'UNKNOWN_NAME' })
    expect(thrown(() => run.fills.column('constructor' as 'price'))).toMatchObject({ code: 'UNKNOWN_NAME' })
    expect(thrown(() => run.equity.exact('value')).hint).toBe("read column('value')")
    expect(thrown(() => run.orders.exact('price')).message).toContain("row 0 has no 'price'")
    const wide = BacktestRun.of({ ...outcome(), orders: { ...outcome().orders, average: { ...outcome().orders.average, scales: Uint8Array.of(2, 24, 2) } } })
    expect(thrown(() => wide.orders.exact('averagePrice'))).toMatchObject({ code: 'OVERFLOW' })
  })

  it('of unequal length are a bug of ours', () => {
    expect(thrown(() => new ColumnTable<EquityPoint>(EquityRow, { time: timeColumn(BigInt64Array.of(1n), 'millis'), value: numberColumn([]), drawdown: numberColumn([1]) })).code).toBe('BUG')
  })

  it('agree with the rows (10,000 seeded prices over three increments)', () => {
    const random = new Random(5)
    const by = Uint16Array.from({ length: 10_000 }, () => random.below(3))
    const counts = BigInt64Array.from({ length: 10_000 }, () => BigInt(random.digits(15)))
    const column = scaledColumn(counts, [{ mantissa: 1n, scale: 8 }, { mantissa: 25n, scale: 2 }, { mantissa: 1n, scale: 0 }], by)
    for (let i = 0; i < 10_000; i++) expect(column.number!(i)).toBe(Number(column.cell(i)))
  })
})

describe('files', () => {
  let folder = ''
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'haggle-table-')) })
  afterAll(() => rm(folder, { recursive: true }))

  it('are CSV with quotes where they are needed', async () => {
    await run.fills.write(join(folder, 'fills.csv'))
    const lines = (await readFile(join(folder, 'fills.csv'), 'utf8')).split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe('id,orderId,cid,symbol,exchange,strategy,side,time,timeExchange,price,quantity,filledQuantity,fee,feeAsset,liquidity')
    expect(lines[2]).toBe(`1,1,"take, ""profit""",ES/USD,mock,ema,Sell,${millis + 1},2025-03-25T23:07:00.001Z,5250.25,1,1,-0.25,USD,Maker`)
    await run.orders.write(join(folder, 'orders.csv'))
    expect(await readFile(join(folder, 'orders.csv'), 'utf8')).toContain('"{""kind"":""FullyFilled""}"')
  })

  it('are JSON Lines, one row each', async () => {
    await run.fills.write(pathToFileURL(join(folder, 'fills.JSONL')))
    const rows = (await readFile(join(folder, 'fills.JSONL'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)
    expect(rows).toEqual(JSON.parse(JSON.stringify(run.fills)))
  })

  it('hold more rows than are written at a time', async () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => i)
    const table = new ColumnTable<EquityPoint>(EquityRow, { time: timeColumn(new BigInt64Array(10_000), 'millis'), value: numberColumn(values), drawdown: numberColumn(values) })
    await table.write(join(folder, 'equity.csv'))
    const lines = (await readFile(join(folder, 'equity.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(10_001)
    expect(lines.slice(1).map((line) => Number(line.split(',')[1]))).toEqual([...values])
  })

  it.each(['fills.parquet', 'fills', 'fills.constructor', 7, null, new URL('https://example.com/fills.csv')])('are refused by name: %s', async (path) => {
    const error = await run.fills.write(path as string).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(HaggleError)
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path' })
  })

  it('tell what the file system refuses as an error of ours, with its own as the cause', async () => {
    const file = join(folder, 'missing', 'fills.csv')
    const refused = { code: 'INVALID_ARGUMENT', path: 'path', message: expect.stringContaining(`cannot write ${file}: ENOENT`), cause: { code: 'ENOENT' } }
    await expect(run.fills.write(file)).rejects.toMatchObject(refused)
    await expect(run.fills.write(new URL('file://host/fills.csv'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path' })
  })

  it('are whole or not there: a disk that is full leaves what there was', async () => {
    const file = join(folder, 'kept.csv')
    await run.fills.write(file)
    const before = await readFile(file, 'utf8')
    const many = { length: 3, names: ['a'], at: (index: number) => { if (index === 2) throw new Error('on purpose'); return { a: index } } }
    await expect(writeTable(many, file)).rejects.toThrow('on purpose')
    expect(await readFile(file, 'utf8')).toBe(before)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.runIf(existsSync('/dev/full'))('are refused by a full disk', async () => {
    const link = join(folder, 'full.csv')
    await symlink('/dev/full', link)
    await expect(run.fills.write(link)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path', cause: { code: 'ENOSPC' } })
  })
})

describe('a printed table', () => {
  it('shows the most telling columns at 80', () => {
    expect(inspect(run.fills, { breakLength: 80 })).toMatchInlineSnapshot(`
      "Fill table, 3 rows
      timeExchange                    symbol    side  quantity     price         fee
      ──────────────────────────────────────────────────────────────────────────────
      2025-03-25T23:07:00.000000001Z  BTC/USDT  Buy        1.5  87232.01  130.848015
      2025-03-25T23:07:00.001Z        ES/USD    Sell         1   5250.25       -0.25
      2025-03-25T23:07:01.500Z        ES/USD    Sell         2    5250.5           5
      ... columns that do not fit: feeAsset, liquidity, orderId, cid"
    `)
  })

  it('shows more of them at 120', () => {
    expect(inspect(run.fills, { breakLength: 120 })).toMatchInlineSnapshot(`
      "Fill table, 3 rows
      timeExchange                    symbol    side  quantity     price         fee  feeAsset  liquidity  orderId
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────
      2025-03-25T23:07:00.000000001Z  BTC/USDT  Buy        1.5  87232.01  130.848015  USDT      Taker            0
      2025-03-25T23:07:00.001Z        ES/USD    Sell         1   5250.25       -0.25  USD       Maker            1
      2025-03-25T23:07:01.500Z        ES/USD    Sell         2    5250.5           5  USD       Maker            1
      ... columns that do not fit: cid"
    `)
    expect(inspect(run.orders, { breakLength: 120 })).toMatchInlineSnapshot(`
      "Order table, 3 rows
      cid             symbol    side  state        reason               quantity    price  filledQuantity      averagePrice
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      ema-0           BTC/USDT  Buy   FullyFilled                            1.5                      1.5          87232.01
      take, "profit"  ES/USD    Sell  Cancelled    Requested                   3  5250.25               3  5250.3333333333…
      ema-2           BTC/USDT  Buy   OpenFailed   BalanceInsufficient   0.00001    87000               0
      ... columns that do not fit: kind, timeInForce, timeSent, timeEnded"
    `)
  })

  it('shows the head of a long one, and says how much more there is', () => {
    expect(inspect(run.equity, { breakLength: 80 })).toMatchInlineSnapshot(`
      "Equity table, 25 rows
      time                      value  drawdown
      ─────────────────────────────────────────
      2025-03-25T23:07:00.000Z  10000         0
      2025-03-25T23:07:01.000Z   9999   -0.0001
      2025-03-25T23:07:02.000Z   9998   -0.0002
      2025-03-25T23:07:03.000Z   9997   -0.0003
      2025-03-25T23:07:04.000Z   9996   -0.0004
      2025-03-25T23:07:05.000Z   9995   -0.0005
      2025-03-25T23:07:06.000Z   9994   -0.0006
      2025-03-25T23:07:07.000Z   9993   -0.0007
      2025-03-25T23:07:08.000Z   9992   -0.0008
      2025-03-25T23:07:09.000Z   9991   -0.0009
      ... 15 more rows"
    `)
  })

  it('is short where it is empty or far down', () => {
    const empty = new ColumnTable<EquityPoint>(EquityRow, { time: timeColumn(new BigInt64Array(), 'millis'), value: numberColumn([]), drawdown: numberColumn([]) })
    expect(inspect(empty)).toBe('Equity table, 0 rows')
    expect(inspect({ a: { b: { c: run.fills } } })).toContain('[Fill table, 3 rows]')
  })
})
