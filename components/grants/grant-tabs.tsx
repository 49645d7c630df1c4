import { LinkTabs } from '@/components/ui/link-tabs'
import type { GrantQuery } from '@/lib/grants/schema'

const tabs = [
  { at: 'mine', href: '/grants', label: 'Mine' },
  { at: 'inbox', href: '/grants?view=inbox', label: 'To decide' },
  { at: 'active', href: '/grants?view=active', label: 'Active' },
  { at: 'all', href: '/grants?view=all', label: 'All' },
  { at: 'standing', href: '/grants/standing', label: 'Without an end' },
] as const

/** The lists of access: what ends by itself, and what does not. @param waiting how much waits for one's word */
export function GrantTabs({ current, waiting = 0 }: { current: GrantQuery['view'] | 'standing'; waiting?: number }) {
  return (
    <LinkTabs
      label="Access"
      tabs={tabs.map(({ at, href, label }) => ({
        ...{ href, label, isCurrent: at === current },
        count: at === 'inbox' && waiting > 0 ? waiting : undefined,
      }))}
    />
  )
}
