'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { ById, type InvokeInput, type ReviewUseInput, type SettleSecretInput } from './schema'
import { reviewUse as review } from './server/certify-use'
import { invokeBreakGlass as invoke } from './server/create-use'
import { markSeen } from './server/mark-seen'
import { settleSecret as settle } from './server/update-secret'

export const invokeBreakGlass = async (input: InvokeInput) =>
  runAction(async () => invoke(await contextFromSession(), input))

export const acknowledgeUse = async (input: { id: string }) =>
  runAction(async () => markSeen(await contextFromSession(), ById.parse(input)))

export const reviewUse = async (input: ReviewUseInput) =>
  runAction(async () => review(await contextFromSession(), input))

export const settleSecret = async (input: SettleSecretInput) =>
  runAction(async () => settle(await contextFromSession(), input))
