'use server'

import type { ChooseOwnerInput, OwnerChange } from '@/lib/ownership/schema'
import { applyOwnerChange as changeOwners } from '@/lib/ownership/server/apply-owner-change'
import { cancelOwnerChange as cancelChange } from '@/lib/ownership/server/cancel-owner-change'
import { restoreOwners as restore } from '@/lib/ownership/server/restore-owners'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { UpdateIdentityInput } from './edits'
import type { SearchNamesInput } from './filters'
import type {
  AssignOwnerInput,
  ById,
  ConfirmOwnerInput,
  DeleteOwnerInput,
  SearchCredentialsInput,
  TransferOwnerInput,
} from './schema'
import { assignOwner as assign } from './server/assign-owner'
import { confirmOwner as confirm } from './server/confirm-owner'
import { deleteOwner as remove } from './server/delete-owner'
import { resolveOwnerConflict as resolve } from './server/resolve-owner-conflict'
import { searchCredentials as search } from './server/search-credentials'
import { searchNames as searchByName } from './server/search-names'
import { transferOwner as transfer } from './server/transfer-owner'
import { updateIdentity as update } from './server/update-identity'

export const assignOwner = async (input: AssignOwnerInput) =>
  runAction(async () => assign(await contextFromSession(), input))

export const confirmOwner = async (input: ConfirmOwnerInput) =>
  runAction(async () => confirm(await contextFromSession(), input))

export const transferOwner = async (input: TransferOwnerInput) =>
  runAction(async () => transfer(await contextFromSession(), input))

export const deleteOwner = async (input: DeleteOwnerInput) =>
  runAction(async () => remove(await contextFromSession(), input))

export const updateIdentity = async (input: UpdateIdentityInput) =>
  runAction(async () => update(await contextFromSession(), input))

export const searchCredentials = async (input: SearchCredentialsInput) =>
  runAction(async () => search(await contextFromSession(), input))

export const searchNames = async (input: SearchNamesInput) =>
  runAction(async () => searchByName(await contextFromSession(), input))

export const applyOwnerChange = async (input: OwnerChange) =>
  runAction(async () => changeOwners(await contextFromSession(), input))

export const restoreOwners = async (input: ById) => runAction(async () => restore(await contextFromSession(), input))

export const cancelOwnerChange = async (input: ById) =>
  runAction(async () => cancelChange(await contextFromSession(), input))

export const resolveOwnerConflict = async (input: ChooseOwnerInput) =>
  runAction(async () => resolve(await contextFromSession(), input))
