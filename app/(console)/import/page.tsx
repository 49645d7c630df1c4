import type { Metadata } from 'next'
import { ImportScreen } from '@/components/connections/import-screen'
import { listFormats } from '@/lib/connections/server/list-formats'
import { listImports } from '@/lib/connections/server/list-imports'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Import' }

export default async function ImportPage() {
  const ctx = await contextFromSession()
  const [initial, formats] = await Promise.all([
    runAction(() => listImports(ctx, { limit: 25 })),
    runAction(() => listFormats(ctx)),
  ])
  return <ImportScreen orgId={ctx.tenant.orgId} initial={initial} formats={formats} />
}
