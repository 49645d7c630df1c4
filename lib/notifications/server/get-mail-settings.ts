import type { Context } from '@/lib/platform/context'
import { mailSettingTarget } from '../rules'
import { MailSettings } from '../schema'
import { installationServer } from './open-mail-server'
import { findMailSetting } from './store-settings'

/** By which server the organization sends. Passwords are never given out. @throws AppError `forbidden` */
export async function getMailSettings(ctx: Context): Promise<MailSettings> {
  const target = mailSettingTarget(ctx.tenant.orgId)
  await ctx.authorize('read', target)
  const [row, [may]] = await Promise.all([findMailSetting(ctx), ctx.can(['update', 'test'], [target])])
  const installation = installationServer()
  const way = row?.way ?? 'installation'
  return MailSettings.parse({
    way,
    isOn: way === 'own' || (way === 'installation' && installation !== undefined),
    installation: installation
      ? { host: installation.host, port: installation.port, from: installation.from.address }
      : null,
    own:
      row === null || row.host === null
        ? null
        : {
            ...{ host: row.host, port: row.port, tls: row.tls, username: row.username, caPem: row.caPem },
            ...{ hasPassword: row.password !== null, fromAddress: row.fromAddress, fromName: row.fromName },
          },
    updatedAt: row?.updatedAt.toISOString() ?? null,
    updatedBy: row?.updatedBy ?? null,
    can: { update: may?.update === true, test: may?.test === true },
  })
}
