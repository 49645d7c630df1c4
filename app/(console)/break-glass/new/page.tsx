import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadInvokeAddress } from '@/components/break-glass/break-glass-address'
import { InvokeScreen } from '@/components/break-glass/invoke-screen'
import { listOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import { contextFromSession } from '@/lib/platform/auth/session'
import { confirmSession } from '@/lib/users/actions'
import { readConfirmation } from '@/lib/users/server/confirm-session'

export const metadata: Metadata = { title: 'Break the glass' }

export default async function InvokePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const [open, confirmation] = await Promise.all([listOpenIncidents(ctx), readConfirmation(ctx)])
  const { incident } = loadInvokeAddress(search)
  return (
    <InvokeScreen
      orgId={ctx.tenant.orgId}
      incidents={open.map(({ id, title }) => ({ id, title }))}
      incident={open.find(({ id }) => id === incident)?.id}
      confirmation={confirmation}
      onConfirm={confirmSession}
    />
  )
}
