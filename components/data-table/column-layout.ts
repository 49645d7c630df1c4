import type { ColumnChoice } from '@/lib/platform/browser/column-choice'
import { type DataColumn, firstWidth } from './data-column'

/** A column in its place. */
export interface PlacedColumn<Row> extends DataColumn<Row> {
  /** Its distance from the left while the others scroll under it, as CSS; absent = it scrolls. */
  stickyAt?: string
  isLastPinned?: boolean
}

export interface ColumnLayout<Row> {
  columns: PlacedColumn<Row>[]
  /** `grid-template-columns` of every row. */
  template: string
  /** The least width of the table, as CSS. */
  leastWidth: string
}

/** The width of the column of checkboxes, px. */
export const selectWidth = 56

const rem = (px: number) => `${px / 16}rem`

/** Where each column goes. Widths are those of the choice; without one the columns' own, and the growing one grows. */
export function layOutColumns<Row>(
  columns: readonly DataColumn<Row>[],
  choices: readonly ColumnChoice[],
  isSelectable: boolean,
): ColumnLayout<Row> {
  const chosen = choices.flatMap(({ id, width, isPinned }): (DataColumn<Row> & { pinned: boolean })[] => {
    const column = columns.find((known) => known.id === id)
    if (!column) return []
    const isGrowing = column.isGrowing && width === undefined
    return [{ ...column, width: width ?? column.width, isGrowing, pinned: isPinned === true }]
  })
  const pins = chosen.filter(({ pinned }) => pinned).length
  const grows = chosen.some(({ isGrowing }, index) => isGrowing && index >= pins - 1)
  const widths = chosen.map(({ width }, index) => (index === 0 ? firstWidth(width) : rem(width)))
  const before = (index: number) => [...(isSelectable ? [rem(selectWidth)] : []), ...widths.slice(0, index)]
  return {
    columns: chosen.map(({ pinned, ...column }, index) => ({
      ...column,
      ...(pinned ? { stickyAt: sum(before(index)), isLastPinned: index === pins - 1 } : {}),
    })),
    template: [
      ...(isSelectable ? [rem(selectWidth)] : []),
      ...chosen.map(({ isGrowing }, index) => {
        // What is pinned left of another must have a width that is known.
        const mayGrow = grows ? isGrowing && index >= pins - 1 : index === chosen.length - 1
        return mayGrow ? `minmax(${widths[index]},1fr)` : String(widths[index])
      }),
    ].join(' '),
    leastWidth: sum([...(isSelectable ? [rem(selectWidth)] : []), ...widths]),
  }
}

function sum(lengths: string[]): string {
  if (lengths.length === 0) return '0px'
  return lengths.length === 1 ? String(lengths[0]) : `calc(${lengths.join(' + ')})`
}
