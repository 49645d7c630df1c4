/**
 * A table that is asked by words of files. Without a prototype, so that `constructor` and `__proto__`, which a file may well
 * say, are as unknown as any other word that is not in it.
 */
export function wordTable<V>(entries: Readonly<Record<string, V>>): Record<string, V> {
  return Object.assign(Object.create(null) as Record<string, V>, entries)
}
