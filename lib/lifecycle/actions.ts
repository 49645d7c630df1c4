'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { CreateDrillInput, StartDrillInput, UpdateDrillInput } from './drills'
import type { SettleReappearanceInput } from './history'
import { CreatePolicyInput, SigningKeyInput, UpdatePolicyInput } from './policies'
import {
  type ApproveOrderInput,
  ById,
  type CancelRunInput,
  type RequestRevocationInput,
  type RequestRotationInput,
  type ResolveRunInput,
  type RestoreRunInput,
  type UpdateSettingsInput,
} from './schema'
import { approveOrder as approve } from './server/approve-order'
import { cancelOrder } from './server/cancel-order'
import { createDrill as plan } from './server/create-drill'
import { createPolicy } from './server/create-policy'
import { settleReappearance as settle } from './server/list-reappearances'
import { readRevealedSecret } from './server/read-revealed-secret'
import { readSigningKey } from './server/read-signing-key'
import { requestDrill as start } from './server/request-drill'
import { requestRevocation as revoke } from './server/request-revocation'
import { requestRotation as rotate } from './server/request-rotation'
import { setTwin as pair, deleteTwin as unpair } from './server/set-twin'
import { updateDrill as change, deleteDrill as drop } from './server/update-drill'
import { deletePolicy, resumePolicy, updatePolicy } from './server/update-policy'
import { cancelRun as cancel, endHold as end, resolveRun as resolve, restoreRun as restore } from './server/update-run'
import { updateSettings } from './server/update-settings'
import { SetTwinInput } from './twins'

export const requestRevocation = async (input: RequestRevocationInput) =>
  runAction(async () => revoke(await contextFromSession(), input))

export const requestRotation = async (input: RequestRotationInput) =>
  runAction(async () => rotate(await contextFromSession(), input))

export const approveOrder = async (input: ApproveOrderInput) =>
  runAction(async () => approve(await contextFromSession(), input))

export const withdrawOrder = async (input: { id: string }) =>
  runAction(async () => cancelOrder(await contextFromSession(), ById.parse(input)))

export const cancelRun = async (input: CancelRunInput) =>
  runAction(async () => cancel(await contextFromSession(), input))

export const restoreRun = async (input: RestoreRunInput) =>
  runAction(async () => restore(await contextFromSession(), input))

export const resolveRun = async (input: ResolveRunInput) =>
  runAction(async () => resolve(await contextFromSession(), input))

/** Says that what was cut off is meant to be there again. */
export const settleReappearance = async (input: SettleReappearanceInput) =>
  runAction(async () => settle(await contextFromSession(), input))

/** Ends the window in which something can be brought back. */
export const endHold = async (input: CancelRunInput) => runAction(async () => end(await contextFromSession(), input))

/** Shows a new secret to the person whom its link names, once. */
export const revealSecret = async (input: { id: string }) =>
  runAction(async () => readRevealedSecret(await contextFromSession(), ById.parse(input)))

export const createRotationPolicy = async (input: CreatePolicyInput) =>
  runAction(async () => createPolicy(await contextFromSession(), CreatePolicyInput.parse(input)))

export const updateRotationPolicy = async (input: UpdatePolicyInput) =>
  runAction(async () => updatePolicy(await contextFromSession(), UpdatePolicyInput.parse(input)))

export const deleteRotationPolicy = async (input: { id: string }) =>
  runAction(async () => deletePolicy(await contextFromSession(), ById.parse(input)))

/** Goes on after a rotation of the policy did not end well. */
export const resumeRotationPolicy = async (input: { id: string }) =>
  runAction(async () => resumePolicy(await contextFromSession(), ById.parse(input)))

/** For whoever sets up what receives new secrets as messages. */
export const showSigningKey = async (input: { url: string }) =>
  runAction(async () => readSigningKey(await contextFromSession(), SigningKeyInput.parse(input)))

export const updateLifecycleSettings = async (input: UpdateSettingsInput) =>
  runAction(async () => updateSettings(await contextFromSession(), input))

export const createDrill = async (input: CreateDrillInput) =>
  runAction(async () => plan(await contextFromSession(), input))

export const updateDrill = async (input: UpdateDrillInput) =>
  runAction(async () => change(await contextFromSession(), input))

export const deleteDrill = async (input: { id: string }) =>
  runAction(async () => drop(await contextFromSession(), ById.parse(input)))

/** Begins a drill: an order, and a run for each of its accounts. */
export const startDrill = async (input: StartDrillInput) =>
  runAction(async () => start(await contextFromSession(), input))

/** Makes two accounts twins, or says which of them is in use. */
export const setTwin = async (input: SetTwinInput) =>
  runAction(async () => pair(await contextFromSession(), SetTwinInput.parse(input)))

export const endTwin = async (input: { id: string }) =>
  runAction(async () => unpair(await contextFromSession(), ById.parse(input)))
