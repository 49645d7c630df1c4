import { FileUp } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { LinkTabs } from '@/components/ui/link-tabs'
import { PageHeader } from '@/components/ui/page-header'
import type { inventoryTabs } from '@/lib/identities/address'
import { formatCount } from '@/lib/platform/browser/format'
import { AsOf } from './as-of'
import { LookupButton } from './lookup-button'

interface InventoryHeaderProps {
  tab: (typeof inventoryTabs)[number]
  /** How many the current list has; undefined while not known. */
  total: number | null | undefined
  /** False: there are more, nobody knows how many. */
  isExact: boolean
  noun: [singular: string, plural: string]
  isFiltered: boolean
  asOf: string | undefined
  mayImport: boolean
  /** The saved views of the list. */
  views: ReactNode
}

/** The head of both lists. */
export function InventoryHeader(props: InventoryHeaderProps) {
  const { tab, total, isExact, noun, isFiltered, asOf, mayImport, views } = props
  return (
    <PageHeader
      title="Inventory"
      actions={
        <>
          <LookupButton />
          {mayImport ? (
            <Button asChild>
              <Link href="/import">
                <FileUp aria-hidden />
                Import files
              </Link>
            </Button>
          ) : null}
        </>
      }
      tabs={
        <div className="flex flex-wrap items-center justify-between gap-x-4">
          <LinkTabs
            label="Inventory"
            tabs={[
              { href: '/inventory', label: 'Identities', isCurrent: tab === 'identities' },
              { href: '/inventory?tab=credentials', label: 'Credentials', isCurrent: tab === 'credentials' },
            ]}
          />
          <div className="min-w-0 max-md:pb-2">{views}</div>
        </div>
      }
    >
      {total === null || total === undefined ? (
        'Counting…'
      ) : (
        <>
          {isExact ? '' : 'More than '}
          {formatCount(total, ...noun)}
          {isFiltered ? (total === 1 ? ' matches the filter' : ' match the filter') : ''}, counted <AsOf at={asOf} />.
        </>
      )}
    </PageHeader>
  )
}
