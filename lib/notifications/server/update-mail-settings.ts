import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { mailSettingTarget } from '../rules'
import { type MailSettings, UpdateMailSettingsInput } from '../schema'
import { getMailSettings } from './get-mail-settings'
import { findMailSetting, writeMailSetting } from './store-settings'

/**
 * Chooses by which server the organization sends. A stored password goes to no other server than that for which it was given: where
 * host, port or user change, it has to be given again. @throws AppError `invalid_input`, `forbidden`
 */
export async function updateMailSettings(ctx: Context, given: UpdateMailSettingsInput): Promise<MailSettings> {
  const input = UpdateMailSettingsInput.parse(given)
  const { orgId } = ctx.tenant
  const target = mailSettingTarget(orgId)
  const permit = await ctx.authorize('update', target)
  const before = await findMailSetting(ctx)
  const { password, ...shown } = input.way === 'own' ? input : { ...input, password: undefined }
  const isElsewhere =
    input.way === 'own' &&
    before !== null &&
    (before.host !== input.host ||
      before.port !== input.port ||
      before.tls !== input.tls ||
      before.username !== input.username)
  if (isElsewhere && before.password !== null && password === undefined && input.username !== null) {
    const problem = 'Enter the password again: server, port, encryption or user are others than it was given for.'
    throw new AppError('invalid_input', problem, { fields: { password: problem } })
  }
  const isDropped = input.way === 'own' && input.username === null
  const change = {
    action: 'mail.settings.update',
    target,
    before: before && { way: before.way, host: before.host, port: before.port, username: before.username },
    after: { ...shown, hasNewPassword: typeof password === 'string' },
  }
  await ctx.commit(permit, change, (tx) =>
    writeMailSetting(tx, orgId, { ...shown, updatedBy: ctx.actor.name }, isDropped ? null : password),
  )
  return getMailSettings(ctx)
}
