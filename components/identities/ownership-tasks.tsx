'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { notifyFailed } from '@/components/ui/toast'
import { identityHref } from '@/lib/identities/rules'
import { createTaskSelection, ownershipTaskQuery, ownershipTasksQuery } from '@/lib/ownership/queries'
import { askedWords } from '@/lib/ownership/rules'
import type { DepartureSecret, OwnershipTask } from '@/lib/ownership/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { AssignOwnersDialog } from './assign-owners-dialog'

/** What those who left answered for and nobody does yet. Shows nothing when there is nothing to take over. */
export function OwnershipTasks({ orgId }: { orgId: string }) {
  const { data } = useQuery(ownershipTasksQuery(orgId))
  const [open, setOpen] = useState<OwnershipTask>()
  if (!data || data.items.length === 0) return null
  return (
    <Section title="To take over" detail="Their owner left, and nobody answers for them yet.">
      <ul className="flex flex-col">
        {data.items.map((task) => (
          <li
            key={task.id}
            className="flex min-h-11 flex-wrap items-center gap-x-6 gap-y-1 border-b py-1.5 last:border-b-0"
          >
            <span className="flex min-w-0 flex-1 basis-64 flex-col">
              <span className="flex items-center gap-2 text-sm">
                What {task.from} owned {task.isYours ? <Badge tone="warning">for you</Badge> : null}
              </span>
              <span className="text-xs text-ink-muted">
                for {askedWords(task.to)}, <RelativeTime at={task.openedAt} />
                {task.note ? `: ${task.note}` : ''}; {formatCount(task.secrets, 'secret')} could have been read
                {task.unknown > 0 ? `, and ${formatCount(task.unknown, 'place')} of unknown content` : ''}
              </span>
            </span>
            <Progress className="w-56" label="Taken over" value={task.identities - task.open} max={task.identities} />
            <Button size="sm" aria-label={`Open what ${task.from} owned`} onClick={() => setOpen(task)}>
              Open
            </Button>
          </li>
        ))}
      </ul>
      {open ? <TaskDialog orgId={orgId} task={open} onClose={() => setOpen(undefined)} /> : null}
    </Section>
  )
}

function TaskDialog({ orgId, task, onClose }: { orgId: string; task: OwnershipTask; onClose: () => void }) {
  const { data, error, refetch } = useQuery(ownershipTaskQuery(orgId, task.id))
  const ids = data?.identityItems.map(({ id }) => id) ?? []
  const all = useMutation({
    mutationFn: () => createTaskSelection(task.id),
    onError: (failure) => notifyFailed('The identities were not selected', failure.message),
  })
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={`What ${task.from} owned`}
        description="Assign a new owner to each identity, and rotate the secrets that could have been read."
        footer={
          ids.length === 0 ? null : ids.length >= task.open ? (
            <AssignOwnersDialog orgId={orgId} target={{ kind: 'rows', ids }} onDone={onClose} />
          ) : all.data ? (
            <AssignOwnersDialog orgId={orgId} target={{ kind: 'everything', ...all.data }} onDone={onClose} />
          ) : (
            <Button isPending={all.isPending} onClick={() => all.mutate()}>
              Select all {formatCount(task.open, 'identity', 'identities')}
            </Button>
          )
        }
      >
        {error ? (
          <Refusal what="task" error={error} onRetry={() => void refetch()} />
        ) : (
          <div className="grid min-h-40 gap-6 text-sm sm:grid-cols-2" aria-busy={!data}>
            <div>
              <h3 className="mb-1 font-medium">Without an owner: {formatCount(task.open, 'identity', 'identities')}</h3>
              <ul>
                {(data?.identityItems ?? []).map(({ id, name }) => (
                  <li key={id} className="truncate">
                    <Link className="text-accent-ink hover:underline" href={identityHref(id, 'ownership')}>
                      {name}
                    </Link>
                  </li>
                ))}
              </ul>
              {task.open > ids.length && data ? (
                <p className="text-ink-muted">The first {ids.length} that you may see.</p>
              ) : null}
            </div>
            <div>
              <h3 className="mb-1 font-medium">Secrets that {task.from} could have read</h3>
              <ul>
                {(data?.secretItems ?? []).map((secret) => (
                  <li key={secret.id} className="break-words">
                    <SecretLine secret={secret} />
                  </li>
                ))}
              </ul>
              {data && data.secretItems.length === 0 ? <p className="text-ink-muted">None that you may see.</p> : null}
              {data && data.secretItems.length > 0 && data.secretItems.length < task.secrets + task.unknown ? (
                <p className="text-ink-muted">
                  {data.secretItems.length} of {formatCount(task.secrets + task.unknown, 'line')}: the rest is further
                  on, or not yours to see.
                </p>
              ) : null}
            </div>
          </div>
        )}
      </DialogContent>
    </Dialog>
  )
}

function SecretLine({ secret: { credential, route, identity, store } }: { secret: DepartureSecret }) {
  const where = store ? `kept in ${store.name}` : identity ? `of ${identity.name}` : ''
  if (!credential) {
    return (
      <span className="text-ink-muted italic">
        unknown: nobody told which secrets are {store ? `in ${store.name}` : where}
      </span>
    )
  }
  return (
    <>
      {credential.name}{' '}
      <span className="text-ink-muted">
        {where}
        {route === 'team' ? ', through a team' : ''}
      </span>
    </>
  )
}
