import { describe, expect, it } from 'vitest'
import { count, length, money, percent, rate, ratio } from '../../src/print/numbers'
import { consoleProgress } from '../../src/print/progress'
import { textTable } from '../../src/print/text-table'
import { widthOf } from '../../src/print/width'

describe('printed numbers', () => {
  it.each([
    ['1234567.891', '1,234,567.89'], ['-0.001', '-0.001'], ['0', '0.00'], ['0.00012345678', '0.0001235'], ['0.999', '1.00'], ['-1234.5', '-1,234.50'], [undefined, '\u2013'], [null, '\u2013'],
    ['x', '\u2013'],
  ])('money %s is %s', (value, text) => {
    expect(money(value)).toBe(text)
  })

  it('of other kinds', () => {
    expect([percent(0.12345), percent(-0.000001), percent(null), percent(12.5)]).toEqual(['12.35 %', '0.00 %', '\u2013', '1,250.00 %'])
    expect([ratio(1.005), ratio(null), count(1234567), count(Number.NaN)]).toEqual(['1.00', '\u2013', '1,234,567', '\u2013'])
    expect([rate(13_240_000), rate(999), rate(50_000), rate(Infinity), rate(2.5e9)]).toEqual(['13.2 M', '999', '50 k', '\u2013', '2.5 G'])
    expect([length(0.5), length(12.34), length(59_999), length(185_000), length(3_600_000), length(90_061_000), length(-1)]).toEqual(
      ['0.5 ms', '12.3 ms', '1 m', '3 m 5 s', '1 h', '1 d 1 h', '\u2013'],
    )
  })
})

describe('a text table', () => {
  const columns = [{ head: 'name', align: 'left' }, { head: 'n', align: 'right' }, { head: 'note', align: 'left' }] as const

  it('aligns, and leaves out what does not fit', () => {
    const rows = [['a', '1', 'x'], ['bcdef', '100', 'yy']]
    expect(textTable(columns, rows, 80)).toEqual({ lines: ['name     n  note', '\u2500'.repeat(16), 'a        1  x', 'bcdef  100  yy'], dropped: 0 })
    expect(textTable(columns, rows, 12)).toEqual({ lines: ['name     n', '\u2500'.repeat(10), 'a        1', 'bcdef  100'], dropped: 1 })
    expect(textTable(columns, rows, 3).dropped).toBe(2)
  })
})

describe('the width', () => {
  it('is what was asked for, within reason, or 80 without a terminal', () => {
    expect([widthOf({ breakLength: 100 }), widthOf({ breakLength: 10 }), widthOf({ breakLength: 1000 })]).toEqual([100, 60, 160])
    const without = process.stdout.isTTY ? widthOf({}) : 80
    expect([widthOf({}), widthOf({ breakLength: Infinity }), widthOf({ breakLength: 128 })]).toEqual([without, without, without])
  })
})

describe('progress', () => {
  const record = (isTTY: boolean, reports: readonly (readonly [number, number])[]): string[] => {
    const lines: string[] = []
    let clock = 0
    const report = consoleProgress({ isTTY, write: (text) => lines.push(text) }, () => (clock += 1_000))
    for (const [done, total] of reports) report(done, total)
    return lines
  }

  it('is a plain line at each tenth where there is no terminal', () => {
    const lines = record(false, Array.from({ length: 1_001 }, (_, i) => [i, 1_000] as const))
    expect(lines).toHaveLength(11)
    expect(lines.join('')).not.toMatch(/[\r\u001b]/)
    expect(lines[5]).toBe('50 %  500 of 1,000, 6 s left\n')
    expect(lines[10]).toBe('100 %  1,000 of 1,000, 11 s\n')
  })

  it('is one line drawn again on a terminal', () => {
    const lines = record(true, [[0, 4], [1, 4], [1, 4], [4, 4]])
    expect(lines).toHaveLength(3)
    expect(lines[1]).toBe(`\r\u001b[K${'\u2588'.repeat(8)}${'\u2591'.repeat(22)}  25 %  1 of 4, 6 s left`)
    expect(lines[2]).toMatch(/100 % {2}4 of 4, 3 s\n$/)
  })

  it('of nothing is done at once', () => {
    expect(record(false, [[0, 0]])).toEqual(['100 %  0 of 0, 1 s\n'])
  })
})
