import { lazy, Suspense } from 'react'
import type { Identity } from '@/lib/identities/schema'

const StateBadge = lazy(() =>
  import('@/components/ui/marks/state-badge').then((file) => ({ default: file.StateBadge })),
)

/** The badge of a column that few ask for, fetched with the column. */
export function StateLater({ status }: Pick<Identity, 'status'>) {
  return (
    <Suspense fallback={null}>
      <StateBadge state={status} />
    </Suspense>
  )
}
