const rowRem = 2.25
const headRem = 2
const footRem = 2.5
/** With room for the bar by which the table scrolls sideways. */
const edgeRem = 0.5
const waitingRows = 12

/** How high a table within a page is: as its rows, and never higher than most of the window. CSS; undefined: not known yet. */
export function tableHeight(rows: number | undefined): string {
  const rem = headRem + footRem + edgeRem + (rows ?? waitingRows) * rowRem
  return `min(72dvh, ${rem}rem)`
}
