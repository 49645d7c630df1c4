import type { Context } from '@/lib/platform/context'
import { openSealed, rewrapSealed, sealText } from '@/lib/platform/crypto/seal'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { MailSettingModel } from '@/lib/platform/db/generated/models'

export type MailSettingRow = MailSettingModel

const placeOf = (orgId: string) => ({ orgId, table: 'mail_setting', column: 'password', row: orgId })

export function findMailSetting(ctx: Context): Promise<MailSettingRow | null> {
  return ctx.db.mailSetting.findUnique({ where: { orgId: ctx.tenant.orgId } })
}

export const openPassword = ({ orgId, password }: Pick<MailSettingRow, 'orgId' | 'password'>): string | undefined =>
  password === null ? undefined : openSealed(password, placeOf(orgId))

/** Which way the organization chose, inside a transaction; undefined when it chose none. */
export async function readMailWay(tx: Tx | BulkTx, orgId: string): Promise<string | undefined> {
  const [row] = await sqlOf(tx)(`SELECT way FROM mail_setting WHERE org_id = $1::uuid`, [orgId])
  return row === undefined ? undefined : String(row.way)
}

/** Only what is given changes; `password` null empties it. */
export async function writeMailSetting(
  tx: Tx,
  orgId: string,
  change: Partial<Omit<MailSettingRow, 'orgId' | 'password' | 'updatedAt'>> & { way: string; updatedBy: string },
  password: string | null | undefined,
): Promise<void> {
  const sealed =
    password === undefined ? {} : { password: password === null ? null : sealText(password, placeOf(orgId)) }
  const data = { ...change, ...sealed, updatedAt: new Date() }
  await tx.mailSetting.upsert({ where: { orgId }, create: { orgId, ...data }, update: data })
}

/** Brings the password under the current key. True when it was under an older one. @throws AppError as `openSealed` */
export async function rewrapPassword(tx: Tx, orgId: string): Promise<boolean> {
  const row = await tx.mailSetting.findUnique({ where: { orgId }, select: { password: true } })
  const to = row?.password ? rewrapSealed(row.password, placeOf(orgId)) : null
  if (!row?.password || to === null) return false
  const { count } = await tx.mailSetting.updateMany({
    where: { orgId, password: row.password },
    data: { password: to },
  })
  return count === 1
}
