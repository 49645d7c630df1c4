import { field, list, text } from '../json-fields'

/** The selectors of an entry as `type:value`, in their order, and the places of those that are none. */
export function readSelectors(value: unknown): { selectors: string[]; odd: number[] } {
  const selectors: string[] = []
  const odd: number[] = []
  for (const [index, selector] of (typeof value === 'string' ? [value] : list(value)).entries()) {
    const written = typeof selector === 'string' ? selector : fromFields(selector)
    if (written === undefined || !/^[^:\s]+:./s.test(written)) odd.push(index)
    else if (!selectors.includes(written)) selectors.push(written)
  }
  return { selectors, odd }
}

function fromFields(selector: unknown): string | undefined {
  const type = text(field(selector, 'type'))
  const value = text(field(selector, 'value'))
  return type === undefined || value === undefined ? undefined : `${type}:${value}`
}
