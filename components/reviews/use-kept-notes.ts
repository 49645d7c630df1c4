'use client'

import { useEffect, useState } from 'react'

/** Notes that are written and not yet part of a decision, kept in this tab. */
export function useKeptNotes(campaignId: string, personId: string) {
  const place = `bailiwick:review-notes:${personId}:${campaignId}`
  const [notes, setNotes] = useState<Record<string, string>>({})
  useEffect(() => setNotes(readNotes(window.sessionStorage.getItem(place))), [place])
  const set = (item: number, note: string | undefined) =>
    setNotes((last) => {
      const { [item]: _, ...rest } = last
      const next = note ? { ...rest, [item]: note } : rest
      window.sessionStorage.setItem(place, JSON.stringify(next))
      return next
    })
  return { of: (item: number): string | undefined => notes[item], set }
}

function readNotes(text: string | null): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, note]) => typeof note === 'string'))
  } catch {
    return {}
  }
}
