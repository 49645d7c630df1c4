import { useEffect, useState } from 'react'
import { sampleColumns } from '@/lib/platform/browser/sample-csv'

const bytesRead = 64 * 1024
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
