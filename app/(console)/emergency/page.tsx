import type { Metadata } from 'next'
import { EmergencyScreen } from '@/components/lifecycle/emergency-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Emergency' }

interface EmergencyPageProps {
  searchParams: Promise<{ of?: string | string[] }>
}

export default async function EmergencyPage({ searchParams }: EmergencyPageProps) {
  const ctx = await contextFromSession()
  return <EmergencyScreen orgId={ctx.tenant.orgId} of={(await searchParams).of === 'many' ? 'many' : 'key'} />
}
