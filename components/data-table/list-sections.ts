/** A list in parts: one part without a head, or groups, each with a head and, when open, its rows. Pure. */
export interface Section {
  id: string
  /** How many rows it has. */
  count: number
  hasHead: boolean
  isOpen: boolean
}

export interface PlacedSection extends Section {
  /** The index in the whole list of its head, or of its first row without one. */
  start: number
  /** The index of its first row. */
  firstRow: number
  /** The index after its last row. */
  end: number
}

/** Where each part begins and ends in the whole list. */
export function placeSections(sections: readonly Section[]): PlacedSection[] {
  let next = 0
  return sections.map((section) => {
    const start = next
    const firstRow = start + (section.hasHead ? 1 : 0)
    next = firstRow + (section.isOpen ? section.count : 0)
    return { ...section, start, firstRow, end: next }
  })
}

export function lengthOf(placed: readonly PlacedSection[]): number {
  return placed.at(-1)?.end ?? 0
}

/** The part that an index of the whole list falls into. */
export function sectionAt(placed: readonly PlacedSection[], index: number): PlacedSection | undefined {
  let low = 0
  let high = placed.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((placed[middle]?.end ?? 0) <= index) low = middle + 1
    else high = middle
  }
  const found = placed[low]
  return found && index >= found.start && index < found.end ? found : undefined
}

export interface WantedPage {
  section: string
  /** Counted from 0 inside the part. */
  page: number
}

/** The pages that hold the rows from `first` up to before `end` of the whole list. */
export function pagesBetween(
  placed: readonly PlacedSection[],
  first: number,
  end: number,
  pageRows: number,
): WantedPage[] {
  const wanted: WantedPage[] = []
  for (const section of placed) {
    if (section.start >= end) break
    const from = Math.max(first, section.firstRow) - section.firstRow
    const to = Math.min(end, section.end) - section.firstRow
    for (let page = Math.floor(from / pageRows); page * pageRows < to; page += 1) {
      wanted.push({ section: section.id, page })
    }
  }
  return wanted
}
