/**
 * Lists of a JSON text are named by their way from the top: `''` the text itself, `a.b` a member of a member, `runs[].results`
 * the `results` of each entry of `runs`. A list that was found says which entry: `runs[3].results`.
 */
export const belowObject = (path: string, key: string) => (path === '' ? key : `${path}.${key}`)

/** Keys that cannot be told from a way; what is below them is not looked into. */
export const isPlainKey = (key: string) => !/[.[\]]/.test(key) && key !== ''

/** `$.runs[3].results[7]`: an entry of a list, as people look it up. */
export const placeOfEntry = (path: string, index: number) => `${prefixOf(path)}${index}]`

/** What the places of a list's entries begin with: `$.runs[3].results[`. */
export const prefixOf = (path: string) => `$${path === '' || path.startsWith('[') ? path : `.${path}`}[`

/** The steps of a list that was found: keys and entry numbers. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  )
}

/** Whether some wanted list lies below this way. */
export const leadsTo = (wanted: readonly string[], way: string) =>
  wanted.some((list) => list.startsWith(way === '' ? '' : `${way}.`) || list.startsWith(`${way}[]`))
