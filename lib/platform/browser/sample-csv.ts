import { defaultLimits } from '../files/limits'
import { readCsv } from '../files/read-csv'

const valuesShown = 3

/** The first different values of each column. `isWhole`: otherwise the last line may be cut and is left out. */
export function sampleColumns(text: string, isWhole: boolean): Record<string, string[]> {
  const lines = isWhole ? text : text.slice(0, text.lastIndexOf('\n') + 1)
  try {
    const { header, rows } = readCsv('sample', lines.replace(/^\uFEFF/, ''), defaultLimits)
    return Object.fromEntries(
      header.map((title) => {
        const values = rows.flatMap(({ cells }) => cells[title]?.trim().slice(0, 40) || [])
        return [title, [...new Set(values)].slice(0, valuesShown)]
      }),
    )
  } catch {
    return {}
  }
}
