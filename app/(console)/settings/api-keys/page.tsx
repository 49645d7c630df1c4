import type { Metadata } from 'next'
import { ApiKeysScreen } from '@/components/api-keys/api-keys-screen'
import { listApiKeys } from '@/lib/api-keys/server/list-api-keys'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'API keys' }

export default async function ApiKeysPage() {
  const ctx = await contextFromSession()
  const keys = await runAction(() => listApiKeys(ctx, { limit: 500 }))
  return <ApiKeysScreen orgId={ctx.tenant.orgId} keys={keys} />
}
