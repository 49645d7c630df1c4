import { RelativeTime } from '@/components/ui/relative-time'

const stepMs = 30_000

/** When an answer was worked out. Rounded down as the page's clock is, so that the present is never in the future. */
export function AsOf({ at }: { at: string | undefined }) {
  const ms = at === undefined ? undefined : Math.floor(Date.parse(at) / stepMs) * stepMs
  return <RelativeTime at={ms} />
}
