import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorTable, HaggleError } from '../../src/errors'
import { call, fromGlue, fromNative } from '../../src/native/errors'
import { thrown } from './thrown'

function native(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields)
}

describe('the table of codes', () => {
  const source = readFileSync(join(__dirname, '../../crates/model/src/error.rs'), 'utf8')
  const texts = new Map([...source.matchAll(/Self::(\w+) => "([A-Z_]+)"/g)].map(([, name, text]) => [name, text]))

  it('is that of the Rust core, in its order', () => {
    const all = /ALL: \[Self; \d+\] = \[([^\]]*)\]/.exec(source)?.[1] ?? ''
    const codes = [...all.matchAll(/Self::(\w+)/g)].map(([, name]) => texts.get(name))
    expect(codes.length).toBeGreaterThan(9)
    expect(Object.keys(errorTable)).toEqual(codes)
  })

  it('says cause and remedy in sentences', () => {
    for (const { cause, remedy } of Object.values(errorTable)) {
      expect(cause).toMatch(/^(haggle|[A-Z]).*\.$/)
      expect(remedy).toMatch(/^(`hint`|[A-Z]).*\.$/)
    }
  })
})

describe('HaggleError', () => {
  it('reads as the core\'s errors do', () => {
    const error = new HaggleError('INVALID_ARGUMENT', 'expected a fraction', { path: 'fees.taker', hint: "'0.001' is 0.1 %" })
    expect(error.message).toBe("fees.taker: expected a fraction ('0.001' is 0.1 %)")
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'fees.taker', hint: "'0.001' is 0.1 %", name: 'HaggleError' })
    expect(error.stack).toMatch(/^HaggleError: fees\.taker/)
  })

  it('has no field that says nothing', () => {
    expect(Object.keys(new HaggleError('CLOSED', 'closed', { path: '', hint: '' }))).toEqual(['code'])
  })
})

describe('errors of the core', () => {
  it('become HaggleErrors', () => {
    const error = fromNative(native('unknown field', { code: 'UNKNOWN_NAME', path: 'a[0]', hint: '' }))
    expect(error).toBeInstanceOf(HaggleError)
    expect(error).toMatchObject({ code: 'UNKNOWN_NAME', path: 'a[0]', message: 'a[0]: unknown field' })
    expect(error).not.toHaveProperty('hint')
  })

  it('are told from what a strategy throws, which stays what it is', () => {
    const inherited = Object.create(native('x', { code: 'BUG', path: '', hint: '' })) as Error
    for (const value of [
      'text', undefined, null, 7, new TypeError('x'), native('x', { code: 'TIMEOUT' }), native('x', { code: 'TIMEOUT', path: 'x' }),
      native('x', { code: 'toString', path: '', hint: '' }), { code: 'BUG', path: '', hint: '' }, new HaggleError('BUG', 'x'), inherited,
    ]) {
      expect(fromNative(value)).toBe(value)
    }
  })

  it('of the glue become codes only where no strategy runs', () => {
    const borrowed = native('The same native value cannot be borrowed mutably while another borrow is active', { code: 'InvalidArg' })
    expect(fromNative(borrowed)).toBe(borrowed)
    expect(fromGlue(borrowed)).toMatchObject({ code: 'REENTRANT', cause: borrowed })
    expect(fromGlue(native('index out of bounds', { code: 'GenericFailure' }))).toMatchObject({ code: 'BUG' })
    expect(thrown(() => call(() => { throw native('gone', { code: 'CLOSED', path: '', hint: '' }) })).code).toBe('CLOSED')
    expect(call(() => 7)).toBe(7)
  })
})
