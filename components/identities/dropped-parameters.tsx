'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense } from 'react'
import { type DroppedParameter, droppedParameters, type KnownValues } from '@/lib/platform/browser/dropped-parameters'

const DroppedNotice = lazy(() => import('./dropped-notice').then((module) => ({ default: module.DroppedNotice })))

interface DroppedParametersProps {
  /** What the list reads of the address: `identityParsers` or `credentialParsers`. */
  parsers: Parameters<typeof droppedParameters>[1]
  /** Parameters that something else on the page reads. */
  others?: readonly string[]
  known?: KnownValues
}

/**
 * Says what of the address the list does not understand and therefore leaves aside. Dismissed, it leaves the address. Put it
 * between `FilterBar` and `DataTable`: `<DroppedParameters parsers={identityParsers} />`.
 */
export function DroppedParameters({ parsers, others, known }: DroppedParametersProps) {
  return <Dropped dropped={droppedParameters(new URLSearchParams(useSearchParams()), parsers, others, known)} />
}

/** The same for a page whose server read the address: what of it still stands there. */
export function DroppedOnPage({ dropped }: { dropped: readonly DroppedParameter[] }) {
  const now = [...useSearchParams()]
  return <Dropped dropped={dropped.filter(({ at, name }) => now[at]?.[0] === name)} />
}

function Dropped({ dropped }: { dropped: DroppedParameter[] }) {
  return dropped.length === 0 ? null : (
    <Suspense>
      <DroppedNotice dropped={dropped} />
    </Suspense>
  )
}
