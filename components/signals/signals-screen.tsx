'use client'

import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { signalSettingsQuery } from '@/lib/signals/queries'
import type { SignalSettings } from '@/lib/signals/schema'
import { DataTable } from '../data-table/data-table'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { EmptyState } from '../ui/state-block'
import { streamColumns } from './stream-columns'
import { StreamDialog } from './stream-dialog'
import { UndeliveredDialog } from './undelivered-dialog'

type Open = { what: 'new' } | { what: 'edit' | 'undelivered'; id: string }

/** Who is told when something changes that the decision point answers by, and how that goes. */
export function SignalsScreen({ orgId, first }: { orgId: string; first: ActionResult<SignalSettings> }) {
  const { data, error, retry } = useLoaded(signalSettingsQuery(orgId), first)
  const [open, setOpen] = useState<Open>()
  if (!data) return <Refusal what="signals" error={error} onRetry={retry} />
  const { issuer, streams, can } = data
  const close = () => setOpen(undefined)
  const chosen = open && 'id' in open ? streams.find(({ stream_id }) => stream_id === open.id) : undefined
  const add = can.update ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setOpen({ what: 'new' })}>
      Add receiver
    </Button>
  ) : null
  return (
    <>
      <Section title="Signals">
        <div className="flex max-w-[72ch] flex-col gap-2 text-sm text-ink-muted">
          <p>
            Receivers are told as soon as access is revoked, a grant ends, an incident begins, or an owner or a
            sensitivity changes: by signed events (CAEP), so that they need not ask again and again.
          </p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            Events come from
            <code className="min-w-0 break-all font-mono text-xs text-ink">{issuer}</code>
            <CopyButton value={issuer} label="issuer" />
          </p>
        </div>
      </Section>
      <Section title="Receivers" detail={formatCount(streams.length, 'receiver')} actions={add}>
        <DataTable
          label="Receivers"
          className="-mx-4 md:-mx-6"
          columns={streamColumns({
            orgId,
            canUpdate: can.update,
            onChoose: (what, id) => setOpen({ what, id }),
          })}
          rows={streams}
          rowId={({ stream_id }) => stream_id}
          rowName={({ description }) => description}
          empty={
            <EmptyState title="Nobody is told yet" actions={add}>
              Add the address of a gateway, a mesh or an identity provider that takes security events by push (RFC
              8935).
            </EmptyState>
          }
        />
      </Section>
      {open?.what === 'new' ? <StreamDialog orgId={orgId} onClose={close} /> : null}
      {open?.what === 'edit' && chosen ? <StreamDialog orgId={orgId} stream={chosen} onClose={close} /> : null}
      {open?.what === 'undelivered' && chosen ? (
        <UndeliveredDialog orgId={orgId} stream={chosen} canUpdate={can.update} onClose={close} />
      ) : null}
    </>
  )
}
