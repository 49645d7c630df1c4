'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { ApplyImportInput } from './schema'
import { discardImport as discard } from './server/discard-import'
import { requestApply } from './server/request-apply'

export const applyImport = async (input: ApplyImportInput) =>
  runAction(async () => requestApply(await contextFromSession(), ApplyImportInput.parse(input)))

export const discardImport = async (input: { id: string }) =>
  runAction(async () => discard(await contextFromSession(), ApplyImportInput.pick({ id: true }).parse(input)))
