import type { Metadata } from 'next'
import { SessionsScreen } from '@/components/users/sessions-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { listSessions } from '@/lib/users/server/list-sessions'

export const metadata: Metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  const ctx = await contextFromSession()
  const sessions = await runAction(() => listSessions(ctx))
  return <SessionsScreen userId={ctx.actor.id} sessions={sessions} />
}
