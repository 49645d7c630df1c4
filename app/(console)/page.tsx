import type { Metadata } from 'next'
import { AsOf } from '@/components/identities/as-of'
import { ListStates } from '@/components/identities/list-states'
import { LookupButton } from '@/components/identities/lookup-button'
import { OverviewBlast } from '@/components/identities/overview-blast'
import { OverviewBreakdown, OverviewNumbers } from '@/components/identities/overview-screen'
import { OwnershipTasks } from '@/components/identities/ownership-tasks'
import { RecentImports } from '@/components/identities/recent-imports'
import { MyReviewsNotice } from '@/components/reviews/my-reviews-notice'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { resolveSight, seesAll } from '@/lib/access-graph/server/resolve-sight'
import { listImports } from '@/lib/connections/server/list-imports'
import { getOverview } from '@/lib/identities/server/get-overview'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Overview' }

export default async function OverviewPage() {
  const ctx = await contextFromSession()
  const [overview, imports, sight] = await Promise.all([
    runAction(() => getOverview(ctx)),
    runAction(() => listImports(ctx, { limit: 5 })),
    resolveSight(ctx),
  ])
  return (
    <>
      <PageHeader title="Overview" actions={<LookupButton />}>
        What your non-human identities are, who answers for them, and what needs someone now
        {overview.ok ? (
          <>
            , counted <AsOf at={overview.data.asOf} />
          </>
        ) : null}
        .
      </PageHeader>
      {!overview.ok ? (
        <Refusal what="overview" error={overview.error} />
      ) : overview.data.identityTotal === 0 ? (
        <ListStates
          what="identities"
          error={undefined}
          isFiltered={false}
          mayImport={imports.ok && imports.data.can.preview === true}
        />
      ) : (
        <>
          <OverviewNumbers overview={overview.data} />
          <MyReviewsNotice orgId={ctx.tenant.orgId} />
          <OwnershipTasks orgId={ctx.tenant.orgId} />
          {seesAll(sight) ? <OverviewBlast orgId={ctx.tenant.orgId} /> : null}
          <OverviewBreakdown overview={overview.data} />
        </>
      )}
      {imports.ok ? <RecentImports runs={imports.data.items} /> : null}
    </>
  )
}
