'use client'

import { useState } from 'react'

/**
 * Keyset paging with the place in the address: forward to the next cursor, back the way one came, or to the beginning when
 * one came by a link.
 * @param cursor where the shown page begins; null = at the beginning
 */
export function useCursorPages(cursor: string | null, go: (cursor: string | null) => void) {
  const [trail, setTrail] = useState<(string | null)[]>([])
  return (nextCursor: string | null | undefined) => ({
    onNext: nextCursor
      ? () => {
          setTrail([...trail, cursor])
          go(nextCursor)
        }
      : undefined,
    onPrevious:
      cursor === null
        ? undefined
        : () => {
            setTrail(trail.slice(0, -1))
            go(trail.at(-1) ?? null)
          },
  })
}
