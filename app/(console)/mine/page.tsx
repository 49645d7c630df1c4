import type { Metadata } from 'next'
import { MyOwnershipsScreen } from '@/components/identities/my-ownerships-screen'
import { OwnershipTasks } from '@/components/identities/ownership-tasks'
import { PageHeader } from '@/components/ui/page-header'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'My identities' }

export default async function MinePage() {
  const { orgId } = (await contextFromSession()).tenant
  return (
    <>
      <PageHeader title="My identities">
        What you and your teams answer for. Say again now and then that it still holds, hand it over, or give it up.
      </PageHeader>
      <OwnershipTasks orgId={orgId} />
      <MyOwnershipsScreen orgId={orgId} />
    </>
  )
}
