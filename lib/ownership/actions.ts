'use server'

import { resolveOwnerConflict as resolve } from '@/lib/identities/server/resolve-owner-conflict'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { ById, ChooseOwnerInput, OwnerChange } from './schema'
import { applyOwnerChange as apply } from './server/apply-owner-change'
import { restoreOwners as restore } from './server/restore-owners'

export const applyOwnerChange = async (input: OwnerChange) =>
  runAction(async () => apply(await contextFromSession(), input))

export const restoreOwners = async (input: ById) => runAction(async () => restore(await contextFromSession(), input))

export const resolveOwnerConflict = async (input: ChooseOwnerInput) =>
  runAction(async () => resolve(await contextFromSession(), input))
