import type { Metadata } from 'next'
import { OrganizationScreen } from '@/components/organizations/organization-screen'
import { getOrganization } from '@/lib/organizations/server/get-organization'
import { listOrganizations } from '@/lib/organizations/server/list-organizations'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Organization' }

export default async function OrganizationPage() {
  const ctx = await contextFromSession()
  const [organization, organizations] = await Promise.all([
    runAction(() => getOrganization(ctx)),
    runAction(() => listOrganizations(ctx)),
  ])
  return <OrganizationScreen orgId={ctx.tenant.orgId} organization={organization} organizations={organizations} />
}
