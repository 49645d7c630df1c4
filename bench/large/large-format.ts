/** Makes a file of about so many bytes that has the shape of a fixture: its entries again and again, each time with other ids. */
export interface LargeFormat {
  name: string
  extension: string
  /** Packed afterwards; the size is that of what is inside. */
  packing?: 'gz' | 'zip'
  /** How the file begins, its lists one after another, how it ends. */
  make: (root: string) => { lists: { before: string; entries: Entry[]; between: string }[]; after: string }
}

/** An entry of the n-th copy of the fixture as text; `undefined` = the copy has none. */
export type Entry = (copy: number) => string | undefined
