import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { ImportRunScreen } from '@/components/connections/import-run-screen'
import { getImport } from '@/lib/connections/server/get-import'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Import' }

export default async function ImportRunPage({ params }: { params: Promise<{ id: string }> }) {
  const id = z.uuid().safeParse((await params).id)
  if (!id.success) notFound()
  const ctx = await contextFromSession()
  const initial = await runAction(() => getImport(ctx, { id: id.data }))
  if (!initial.ok && initial.error.code === 'not_found') notFound()
  return <ImportRunScreen orgId={ctx.tenant.orgId} id={id.data} initial={initial} />
}
