import { hash } from 'node:crypto'

const bare = (title: string) => title.trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** What two headers have in common that differ only in the order of their columns, in case or in spaces. */
export function headerKey(header: readonly string[]): string {
  return hash('sha256', JSON.stringify(header.map(bare).sort()), 'hex').slice(0, 32)
}

/** A mapping of another file in the titles of this one; columns that it has not are left out. */
export function fitColumns(
  columns: Readonly<Record<string, string>>,
  header: readonly string[],
): Record<string, string> {
  const titles = new Map(header.map((title) => [bare(title), title]))
  return Object.fromEntries(
    Object.entries(columns).flatMap(([target, title]) => {
      const own = titles.get(bare(title))
      return own === undefined ? [] : [[target, own]]
    }),
  )
}
