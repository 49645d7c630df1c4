/** A column as somebody chose it. The order of the choices is the order of the columns. */
export interface ColumnChoice {
  id: string
  /** In px; without it the column's own. */
  width?: number
  /** Stays in sight while the others scroll. Pinned columns come first. */
  isPinned?: boolean
}

export const leastColumn = 64
export const mostColumn = 800

const item = /^([A-Za-z][A-Za-z0-9_-]{0,39})(?:\.(\d{2,3}))?(!)?$/

/** `name.240!,owner,kind`: the order, a width in px after the point, `!` for pinned. What it cannot read it leaves out. */
export function parseColumns(text: string): ColumnChoice[] {
  const seen = new Set<string>()
  return text
    .split(',')
    .map((part) => item.exec(part))
    .flatMap((match): ColumnChoice[] => {
      const [, id, width, pin] = match ?? []
      if (id === undefined || seen.has(id)) return []
      seen.add(id)
      const px = width === undefined ? {} : { width: clampWidth(Number(width)) }
      return [{ id, ...px, ...(pin ? { isPinned: true } : {}) }]
    })
}

export function printColumns(choices: readonly ColumnChoice[]): string {
  return choices.map(({ id, width, isPinned }) => `${id}${width ? `.${width}` : ''}${isPinned ? '!' : ''}`).join(',')
}

export function clampWidth(px: number): number {
  return Math.round(Math.min(Math.max(leastColumn, px), mostColumn))
}

interface Known {
  id: string
  /** Names the row, and is always there. */
  isRowLink?: boolean
}

/** The columns as they are without a choice. */
export function defaultColumns(columns: readonly Known[], hidden: readonly string[]): ColumnChoice[] {
  return columns.filter(({ id }) => !hidden.includes(id)).map(({ id }) => ({ id }))
}

/**
 * The choice without columns that are not there, with the one that names the row, and with the pinned ones first. When it
 * names none that is there, `own`.
 */
export function settleColumns(
  columns: readonly Known[],
  choices: readonly ColumnChoice[],
  own: readonly ColumnChoice[] = [],
): ColumnChoice[] {
  const found = choices.filter(({ id }) => columns.some((column) => column.id === id))
  const known = found.length > 0 ? found : own
  const missing = columns.filter(({ id, isRowLink }) => isRowLink && !known.some((choice) => choice.id === id))
  const all: ColumnChoice[] = [...missing.map(({ id }) => ({ id })), ...known]
  return [...all.filter(({ isPinned }) => isPinned), ...all.filter(({ isPinned }) => !isPinned)]
}

export function changeColumn(
  choices: readonly ColumnChoice[],
  id: string,
  change: Partial<Omit<ColumnChoice, 'id'>>,
): ColumnChoice[] {
  return choices.map((choice) => {
    if (choice.id !== id) return choice
    const { width, isPinned } = { ...choice, ...change }
    return { id, ...(width === undefined ? {} : { width: clampWidth(width) }), ...(isPinned ? { isPinned } : {}) }
  })
}

/** One place to the left (-1) or to the right (1); past the border of the pinned ones it does not go. */
export function moveColumn(choices: readonly ColumnChoice[], id: string, by: -1 | 1): ColumnChoice[] {
  const at = choices.findIndex((choice) => choice.id === id)
  const one = choices[at]
  const other = choices[at + by]
  if (!one || !other || Boolean(one.isPinned) !== Boolean(other.isPinned)) return [...choices]
  return choices.map((choice, index) => (index === at ? other : index === at + by ? one : choice))
}

/** What to keep of a choice: nothing when it is the columns' own. */
export function keptColumns(choices: readonly ColumnChoice[], own: readonly ColumnChoice[]): ColumnChoice[] | null {
  return printColumns(choices) === printColumns(own) ? null : [...choices]
}
