'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense } from 'react'
import { droppedParameters, keptSearch } from '@/lib/platform/browser/dropped-parameters'

const DroppedNotice = lazy(() => import('./dropped-notice').then((module) => ({ default: module.DroppedNotice })))

interface DroppedParametersProps {
  /** What the list reads of the address: `identityParsers` or `credentialParsers`. */
  parsers: Parameters<typeof droppedParameters>[1]
  /** Parameters that something else on the page reads. */
  others?: readonly string[]
}

/**
 * Says what of the address the list does not understand and therefore leaves aside. Dismissed, those parameters leave the
 * address. Put it between `FilterBar` and `DataTable`: `<DroppedParameters parsers={identityParsers} />`.
 */
export function DroppedParameters({ parsers, others }: DroppedParametersProps) {
  const search = new URLSearchParams(useSearchParams())
  const dropped = droppedParameters(search, parsers, others)
  if (dropped.length === 0) return null
  const dismiss = () => {
    const { pathname, hash } = window.location
    const kept = keptSearch(new URLSearchParams(window.location.search), parsers, others)
    window.history.replaceState(null, '', `${pathname}${kept}${hash}`)
  }
  return (
    <Suspense>
      <DroppedNotice dropped={dropped} onDismiss={dismiss} />
    </Suspense>
  )
}
