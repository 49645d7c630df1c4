import type { Metadata } from 'next'
import { CallersScreen } from '@/components/access-callers/callers-screen'
import { SourcesSection } from '@/components/decisions/sources-section'
import { listCallers } from '@/lib/access-callers/server/list-callers'
import { getDirectory } from '@/lib/decisions/server/get-directory'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Decision point' }

export default async function DecisionPointPage() {
  const ctx = await contextFromSession()
  const [callers, directory] = await Promise.all([
    runAction(() => listCallers(ctx)),
    runAction(() => getDirectory(ctx)),
  ])
  return (
    <>
      <CallersScreen orgId={ctx.tenant.orgId} first={callers} />
      <SourcesSection first={directory} />
    </>
  )
}
