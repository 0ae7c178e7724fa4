import type { InspectOptionsStylized, inspect as Inspect } from 'node:util'

/** What `console.log` calls: how deep it may still go (null: no end), its options, and itself. @internal */
export type Printer<T> = (this: T, depth: number | null, options: InspectOptionsStylized, inspect: typeof Inspect) => string

/**
 * Makes `console.log` print the objects of a class in our words.
 *
 * The method is set here instead of being written in the class, where it would stand in the published declarations
 * and ask every user for Node's types.
 * @internal
 */
export function printable<T extends object>(prototype: T, print: Printer<T>): void {
  const safely: Printer<T> = function (depth, options, inspect) {
    try {
      return print.call(this, depth, options, inspect)
    } catch (error) {
      // To look at a value never throws, be it one that was made of our prototype without its fields.
      return `[${prototype.constructor.name}, which cannot be printed: ${error instanceof Error ? error.message : 'it threw'}]`
    }
  }
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value: safely, configurable: true, writable: true })
}
