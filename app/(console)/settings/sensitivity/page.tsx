import type { Metadata } from 'next'
import { SensitivityRulesScreen } from '@/components/access-graph/sensitivity-rules-screen'
import { listSensitivityRules } from '@/lib/access-graph/server/list-sensitivity-rules'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Sensitivity' }

export default async function SensitivityPage() {
  const ctx = await contextFromSession()
  const rules = await runAction(() => listSensitivityRules(ctx))
  return <SensitivityRulesScreen orgId={ctx.tenant.orgId} rules={rules} />
}
