import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { AskRoleScreen } from '@/components/grants/ask-role-screen'
import { loadAskAddress } from '@/components/grants/grant-address'
import { RefusalLater } from '@/components/ui/refusal-later'
import { listRoles } from '@/lib/grants/server/request-role'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Ask for a role' }

export default async function AskPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { role, for: permission } = loadAskAddress(search)
  const choices = await runAction(() => listRoles(ctx))
  if (!choices.ok) return <RefusalLater what="roles" error={choices.error} />
  return <AskRoleScreen orgId={ctx.tenant.orgId} choices={choices.data} role={role} permission={permission} />
}
