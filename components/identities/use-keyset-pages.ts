'use client'

import { useState } from 'react'

/**
 * Turns pages of a keyset list. The cursor is in the address, so that reload and a pasted link show the same page; the
 * way back is known for the pages turned here, else it leads to the first.
 */
export function useKeysetPages(
  cursor: string | null,
  nextCursor: string | null | undefined,
  turnTo: (cursor: string | null) => void,
) {
  const [trail, setTrail] = useState<{ at: string; before: string | null }[]>([])
  const onNext = nextCursor
    ? () => {
        setTrail([...trail.filter(({ at }) => at !== nextCursor), { at: nextCursor, before: cursor }])
        turnTo(nextCursor)
      }
    : undefined
  const onPrevious = cursor ? () => turnTo(trail.find(({ at }) => at === cursor)?.before ?? null) : undefined
  return { onNext, onPrevious }
}
