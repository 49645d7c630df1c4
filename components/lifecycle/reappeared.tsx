'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { RelativeTime } from '@/components/ui/relative-time'
import { settleReappearance } from '@/lib/lifecycle/actions'
import { reappearancesQuery } from '@/lib/lifecycle/queries'
import type { Reappearance } from '@/lib/lifecycle/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { useMay } from '../shell/permissions'
import { ReasonField } from './reason-field'
import { useLifecycleChange } from './use-lifecycle-change'

interface ReappearedProps {
  orgId: string
  /** Only what is of this identity; without it everything, each with a link to it. */
  identityId?: string
}

const shownAtFirst = 3

/** What was cut off and is there again, until it is cut off once more or somebody says that it is meant to be. */
export function Reappeared({ orgId, identityId }: ReappearedProps) {
  const maySee = useMay('lifecycle_run:list')
  const { data } = useQuery({ ...reappearancesQuery(orgId, identityId), enabled: maySee })
  const [isWhole, setIsWhole] = useState(false)
  const [settled, setSettled] = useState<Reappearance>()
  const items = data?.items ?? []
  if (items.length === 0) return null
  const shown = isWhole || identityId ? items : items.slice(0, shownAtFirst)
  return (
    <section aria-label="There again" className="flex flex-col gap-2 border-b px-4 py-3 md:px-6">
      {shown.map((item) => (
        <Alert
          key={item.id}
          tone="danger"
          title={`${item.name} is there again`}
          actions={
            <>
              {item.identityId ? (
                <Button asChild variant="danger-outline">
                  <Link href={`/inventory/${item.identityId}?do=revoke`}>Revoke again</Link>
                </Button>
              ) : null}
              {item.can.settle ? <Button onClick={() => setSettled(item)}>It is meant to be</Button> : null}
            </>
          }
        >
          {item.says} Cut off <RelativeTime at={item.cutAt} />, seen again <RelativeTime at={item.at} />.{' '}
          <Link href={`/runs/${item.runId}`} className="underline underline-offset-2">
            See the run
          </Link>
        </Alert>
      ))}
      {shown.length < items.length ? (
        <Button variant="link" className="self-start" onClick={() => setIsWhole(true)}>
          Show {formatCount(items.length - shown.length, 'more')}
        </Button>
      ) : null}
      {settled ? <SettleDialog orgId={orgId} item={settled} onClose={() => setSettled(undefined)} /> : null}
    </section>
  )
}

interface SettleDialogProps {
  orgId: string
  item: Reappearance
  onClose: () => void
}

function SettleDialog({ orgId, item, onClose }: SettleDialogProps) {
  const [reason, setReason] = useState('')
  const { run, isPending, error } = useLifecycleChange(orgId, settleReappearance, onClose)
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title={`${item.name} is meant to be there?`}
        description="It is raised no more, until it is cut off again."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={reason.trim() === ''}
              isPending={isPending}
              onClick={() => void run({ id: item.id, reason: reason.trim() })}
            >
              It is meant to be
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <ReasonField
            value={reason}
            onChange={setReason}
            choices={['Made again on purpose', 'Switched on for a while']}
          />
          {error ? (
            <Alert tone="danger" title="Nothing was changed" isLive>
              {error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}
