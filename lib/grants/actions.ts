'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import {
  type ActivateGrantInput,
  ById,
  type DecideGrantInput,
  type EndGrantInput,
  type RequestGrantInput,
  type RequestRoleInput,
} from './schema'
import { activateGrant as activate } from './server/activate-grant'
import { decideGrant as decide } from './server/approve-grant'
import { cancelGrant } from './server/cancel-grant'
import { releaseGrant as release, revokeGrant as revoke } from './server/end-grant'
import { requestGrant as request } from './server/request-grant'
import { requestRole as askForRole } from './server/request-role'

export const requestGrant = async (input: RequestGrantInput) =>
  runAction(async () => request(await contextFromSession(), input))

export const requestRole = async (input: RequestRoleInput) =>
  runAction(async () => askForRole(await contextFromSession(), input))

export const decideGrant = async (input: DecideGrantInput) =>
  runAction(async () => decide(await contextFromSession(), input))

export const withdrawGrant = async (input: { id: string }) =>
  runAction(async () => cancelGrant(await contextFromSession(), ById.parse(input)))

export const activateGrant = async (input: ActivateGrantInput) =>
  runAction(async () => activate(await contextFromSession(), input))

export const releaseGrant = async (input: EndGrantInput) =>
  runAction(async () => release(await contextFromSession(), input))

export const revokeGrant = async (input: EndGrantInput) =>
  runAction(async () => revoke(await contextFromSession(), input))
