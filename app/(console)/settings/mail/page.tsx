import type { Metadata } from 'next'
import { MailScreen } from '@/components/notifications/mail-screen'
import { getMailSettings } from '@/lib/notifications/server/get-mail-settings'
import { listUndelivered } from '@/lib/notifications/server/list-undelivered'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'E-mail' }

export default async function MailPage() {
  const ctx = await contextFromSession()
  const [first, undelivered] = await Promise.all([
    runAction(() => getMailSettings(ctx)),
    runAction(() => listUndelivered(ctx)),
  ])
  return <MailScreen orgId={ctx.tenant.orgId} first={first} undelivered={undelivered} />
}
