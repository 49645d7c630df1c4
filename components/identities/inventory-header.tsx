import { FileUp } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { LinkTabs } from '@/components/ui/link-tabs'
import { PageHeader } from '@/components/ui/page-header'
import type { inventoryTabs } from '@/lib/identities/filters'
import { formatCount } from '@/lib/platform/browser/format'
import { AsOf } from './as-of'

interface InventoryHeaderProps {
  tab: (typeof inventoryTabs)[number]
  /** How many the current list has; undefined while not known. */
  total: number | null | undefined
  noun: [singular: string, plural: string]
  isFiltered: boolean
  asOf: string | undefined
  mayImport: boolean
}

/** The head of both lists. */
export function InventoryHeader({ tab, total, noun, isFiltered, asOf, mayImport }: InventoryHeaderProps) {
  return (
    <PageHeader
      title="Inventory"
      actions={
        mayImport ? (
          <Button asChild>
            <Link href="/import">
              <FileUp aria-hidden />
              Import files
            </Link>
          </Button>
        ) : null
      }
      tabs={
        <LinkTabs
          label="Inventory"
          tabs={[
            { href: '/inventory', label: 'Identities', isCurrent: tab === 'identities' },
            { href: '/inventory?tab=credentials', label: 'Credentials', isCurrent: tab === 'credentials' },
          ]}
        />
      }
    >
      {total === null || total === undefined ? (
        'Counting…'
      ) : (
        <>
          {formatCount(total, ...noun)}
          {isFiltered ? (total === 1 ? ' matches the filter' : ' match the filter') : ''}, counted <AsOf at={asOf} />.
        </>
      )}
    </PageHeader>
  )
}
