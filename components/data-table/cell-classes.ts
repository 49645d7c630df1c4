/** The padding of a cell by its place: the outer cells line up with the page's own margin. */
export function cellClasses(index: number, count: number, isSelectable: boolean): string {
  const start = index === 0 && !isSelectable ? 'pl-4 md:pl-6' : 'pl-3'
  return `${start} ${index === count - 1 ? 'pr-4 md:pr-6' : 'pr-3'}`
}

/** On a narrow screen the first column stays while the others scroll under it. */
export function stickyClasses(isSelectable: boolean, part: 'head' | 'body'): string {
  const left = isSelectable ? 'max-md:left-10' : 'max-md:left-0'
  return `max-md:sticky ${left} ${part === 'head' ? 'max-md:z-30' : 'max-md:z-10'} max-md:border-r`
}
