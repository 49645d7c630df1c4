import { Skeleton } from '@/components/ui/skeleton'

/** The shape of what comes: sentence, factors, matrix, table. */
export function BlastSkeleton() {
  return (
    <div aria-busy>
      <div className="flex flex-col gap-2 border-b px-4 py-4 md:px-6">
        <Skeleton className="h-4 w-[min(48ch,90%)]" />
        <Skeleton className="w-48" />
      </div>
      <div className="grid grid-cols-2 border-b sm:grid-cols-5">
        {['reach', 'alter', 'persist', 'impact', 'exposure'].map((name) => (
          <div key={name} className="flex flex-col gap-2 border-r px-4 py-3">
            <Skeleton className="w-16" />
            <Skeleton className="h-4 w-28" />
            <Skeleton className="w-24" />
          </div>
        ))}
      </div>
      <div className="flex flex-col gap-3 px-4 py-4 md:px-6">
        <Skeleton className="h-4 w-40" />
        {['a', 'b', 'c', 'd', 'e', 'f'].map((name) => (
          <Skeleton key={name} className="h-6 w-full max-w-160" />
        ))}
      </div>
    </div>
  )
}
