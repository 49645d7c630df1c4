'use client'

import { useQueryClient } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { useMemo } from 'react'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { revokeOtherSessions, revokeSession } from '@/lib/users/actions'
import { mySessionsQuery } from '@/lib/users/queries'
import type { UserSession, UserSessionList } from '@/lib/users/schema'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { RelativeTime } from '../ui/relative-time'
import { EmptyState } from '../ui/state-block'
import { notifyDone } from '../ui/toast'

/** Where the person is signed in, and the way to end each of these sessions. */
export function SessionsScreen({
  userId,
  sessions: first,
}: {
  userId: string
  sessions: ActionResult<UserSessionList>
}) {
  const sessions = useLoaded(mySessionsQuery(userId), first)
  const columns = useMemo(() => sessionColumns(userId), [userId])
  if (sessions.error) return <Refusal what="sessions" error={sessions.error} onRetry={sessions.retry} />
  const rows = sessions.data?.items ?? []
  const others = rows.filter((session) => !session.isCurrent).length
  return (
    <Section
      title="Your sessions"
      detail={formatCount(rows.length, 'browser')}
      actions={others > 0 ? <RevokeOthers userId={userId} count={others} /> : null}
    >
      <p className="mb-3 max-w-[72ch] text-sm text-ink-muted">
        Everywhere you are signed in. A session that you do not know: end it, then change your password under Sign-in.
      </p>
      <DataTable
        label="Sessions"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={rows}
        rowId={(session) => session.id}
        rowName={(session) => session.device}
        isLoading={sessions.data === undefined}
        skeletonRows={2}
        empty={
          <EmptyState title="No sessions">You are signed in nowhere, which should not be: sign in again.</EmptyState>
        }
      />
    </Section>
  )
}

function sessionColumns(userId: string): DataColumn<UserSession>[] {
  return [
    {
      id: 'device',
      header: 'Browser',
      width: 220,
      isGrowing: true,
      isPinned: true,
      cell: (session) => (
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium">{session.device}</span>
          {session.isCurrent ? <Badge tone="good">this one</Badge> : null}
        </span>
      ),
    },
    {
      id: 'ip',
      header: 'Address',
      width: 160,
      cell: (session) => <span className="font-mono text-xs">{session.ip ?? 'unknown'}</span>,
    },
    {
      id: 'method',
      header: 'Signed in by',
      width: 130,
      cell: (session) => (session.method === 'oidc' ? 'Single sign-on' : 'Password'),
    },
    { id: 'began', header: 'Since', width: 130, cell: (session) => <RelativeTime at={session.createdAt} /> },
    { id: 'seen', header: 'Last request', width: 130, cell: (session) => <RelativeTime at={session.lastSeenAt} /> },
    {
      id: 'ends',
      header: 'Ends',
      width: 120,
      cell: (session) => <RelativeTime at={session.expiresAt} isAhead className="text-ink-muted" />,
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 88,
      align: 'end',
      cell: (session) =>
        session.can.delete && !session.isCurrent ? <RevokeSession userId={userId} session={session} /> : null,
    },
  ]
}

function RevokeSession({ userId, session }: { userId: string; session: UserSession }) {
  const queries = useQueryClient()
  const revoke = async () => {
    await takeResult(revokeSession({ id: session.id }))
    await queries.invalidateQueries({ queryKey: mySessionsQuery(userId).queryKey })
    notifyDone('Session ended', session.device)
  }
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost" aria-label={`End the session of ${session.device}`}>
          End
        </Button>
      }
      title={`End the session of ${session.device}?`}
      confirmLabel="End session"
      tone="danger"
      onConfirm={revoke}
    >
      <p>
        Its next request is refused, and whoever uses it must sign in again. Last request{' '}
        <RelativeTime at={session.lastSeenAt} />
        {session.ip ? ` from ${session.ip}` : ''}.
      </p>
    </ConfirmDialog>
  )
}

function RevokeOthers({ userId, count }: { userId: string; count: number }) {
  const queries = useQueryClient()
  const revoke = async () => {
    const { ended } = await takeResult(revokeOtherSessions())
    await queries.invalidateQueries({ queryKey: mySessionsQuery(userId).queryKey })
    notifyDone(`${formatCount(ended, 'session')} ended`)
  }
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger-outline" icon={<LogOut aria-hidden />}>
          End all others
        </Button>
      }
      title={`End ${formatCount(count, 'other session')}?`}
      confirmLabel={`End ${formatCount(count, 'session')}`}
      tone="danger"
      onConfirm={revoke}
    >
      <p>You stay signed in here. Everywhere else the next request is refused.</p>
    </ConfirmDialog>
  )
}
