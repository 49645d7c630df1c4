'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type {
  CreateVersionInput,
  DiscardVersionInput,
  PublishVersionInput,
  ReplayInput,
  ReviewVersionInput,
  RollBackInput,
  ShadowVersionInput,
  TestVersionInput,
  UpdateVersionInput,
} from './schema'
import {
  launchShadow,
  publishVersion as publish,
  restoreFormer,
  reviewVersion as review,
} from './server/activate-version'
import { requestReplay } from './server/request-replay'
import {
  createVersion as create,
  discardVersion as discard,
  testVersion as test,
  updateVersion as update,
} from './server/update-version'

export const createVersion = async (input: CreateVersionInput) =>
  runAction(async () => create(await contextFromSession(), input))

export const updateVersion = async (input: UpdateVersionInput) =>
  runAction(async () => update(await contextFromSession(), input))

export const testVersion = async (input: TestVersionInput) =>
  runAction(async () => test(await contextFromSession(), input))

export const reviewVersion = async (input: ReviewVersionInput) =>
  runAction(async () => review(await contextFromSession(), input))

export const shadowVersion = async (input: ShadowVersionInput) =>
  runAction(async () => launchShadow(await contextFromSession(), input))

export const publishVersion = async (input: PublishVersionInput) =>
  runAction(async () => publish(await contextFromSession(), input))

export const rollBack = async (input: RollBackInput) =>
  runAction(async () => restoreFormer(await contextFromSession(), input))

export const replayVersion = async (input: ReplayInput) =>
  runAction(async () => requestReplay(await contextFromSession(), input))

export const discardVersion = async (input: DiscardVersionInput) =>
  runAction(async () => discard(await contextFromSession(), input))
