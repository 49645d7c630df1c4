import type { Metadata } from 'next'
import { RequestScreen } from '@/components/grants/request-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Ask for access' }

export default async function NewGrantPage() {
  const ctx = await contextFromSession()
  return <RequestScreen orgId={ctx.tenant.orgId} />
}
