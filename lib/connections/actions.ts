'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import {
  type CreateConnectionInput,
  type DeleteConnectionInput,
  type TestConnectionInput,
  UpdateConnectionInput,
} from './live'
import { ApplyImportInput } from './schema'
import { cancelSync as cancel } from './server/cancel-sync'
import { createConnection as create } from './server/create-connection'
import { deleteConnection as remove } from './server/delete-connection'
import { discardImport as discard } from './server/discard-import'
import { requestApply } from './server/request-apply'
import { requestSync } from './server/request-sync'
import { updateConnection as update } from './server/update-connection'
import { verifyConnection, verifyNewConnection } from './server/verify-connection'

export const applyImport = async (input: ApplyImportInput) =>
  runAction(async () => requestApply(await contextFromSession(), ApplyImportInput.parse(input)))

export const discardImport = async (input: { id: string }) =>
  runAction(async () => discard(await contextFromSession(), ApplyImportInput.pick({ id: true }).parse(input)))

export const createConnection = async (input: CreateConnectionInput) =>
  runAction(async () => create(await contextFromSession(), input))

export const updateConnection = async (input: UpdateConnectionInput) =>
  runAction(async () => update(await contextFromSession(), input))

export const deleteConnection = async (input: DeleteConnectionInput) =>
  runAction(async () => remove(await contextFromSession(), input))

/** Of a configuration that is not stored yet. */
export const testNewConnection = async (input: TestConnectionInput) =>
  runAction(async () => verifyNewConnection(await contextFromSession(), input))

/** Of a stored one, or of what a change would make of it. */
export const testConnection = async (input: Pick<UpdateConnectionInput, 'id' | 'config'>) =>
  runAction(async () =>
    verifyConnection(await contextFromSession(), UpdateConnectionInput.pick({ id: true, config: true }).parse(input)),
  )

export const syncConnection = async (input: { id: string; readAll?: boolean }) =>
  runAction(async () => requestSync(await contextFromSession(), input))

export const cancelSync = async (input: { id: string }) =>
  runAction(async () => cancel(await contextFromSession(), UpdateConnectionInput.pick({ id: true }).parse(input)))
