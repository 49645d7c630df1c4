import { useEffect, useState } from 'react'
import { defaultLimits } from '@/lib/platform/files/limits'
import { readCsv } from '@/lib/platform/files/read-csv'

const bytesRead = 64 * 1024
const valuesShown = 3
const noSamples: Record<string, string[]> = {}

/**
 * The first values of each column of a CSV that is still in this tab's memory. They never leave the browser: the server
 * keeps the header only. Empty when there is no such file, or when its beginning cannot be read as CSV.
 */
export function useCsvSamples(file: File | undefined): Record<string, string[]> {
  const [samples, setSamples] = useState(noSamples)
  useEffect(() => {
    if (!file) return
    let isCurrent = true
    void file
      .slice(0, bytesRead)
      .text()
      .then((text) => {
        if (isCurrent) setSamples(sampleColumns(text, file.size <= bytesRead))
      })
    return () => {
      isCurrent = false
    }
  }, [file])
  return samples
}

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
    return noSamples
  }
}
