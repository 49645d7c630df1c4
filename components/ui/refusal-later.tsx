'use client'

import { lazy, Suspense } from 'react'
import type { RefusalProps } from './refusal'

const Refusal = lazy(() => import('./refusal').then((module) => ({ default: module.Refusal })))

/** `Refusal` for pages that nearly always have something to show: the server paints it, the browser fetches it only then. */
export function RefusalLater(props: Omit<RefusalProps, 'onRetry'>) {
  return (
    <Suspense>
      <Refusal {...props} />
    </Suspense>
  )
}
