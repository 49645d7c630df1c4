'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { DecideInput, ReassignInput, SignOffInput, UndoInput } from './items'
import {
  ById,
  type CloseCampaignInput,
  CreateCampaignInput,
  type EndCampaignInput,
  type LaunchCampaignInput,
  UpdateCampaignInput,
} from './schema'
import { reassignItems as reassign } from './server/assign-items'
import { cancelCampaign as cancel, closeCampaign as close } from './server/close-campaign'
import { createCampaign as create } from './server/create-campaign'
import { createTemplate as save } from './server/create-template'
import { decideItems as decide } from './server/decide-items'
import { launchCampaign as launch } from './server/launch-campaign'
import { signOff as sign } from './server/sign-off'
import { undoAct as undo } from './server/undo-act'
import { updateCampaign as change, deleteCampaign as drop } from './server/update-campaign'
import { updateTemplate as changeTemplate, deleteTemplate as dropTemplate } from './server/update-template'
import { CreateTemplateInput, UpdateTemplateInput } from './templates'

export const createCampaign = async (input: CreateCampaignInput) =>
  runAction(async () => create(await contextFromSession(), CreateCampaignInput.parse(input)))

export const updateCampaign = async (input: UpdateCampaignInput) =>
  runAction(async () => change(await contextFromSession(), UpdateCampaignInput.parse(input)))

export const deleteCampaign = async (input: { id: string }) =>
  runAction(async () => drop(await contextFromSession(), ById.parse(input)))

/** Freezes the population and its evidence, and begins. */
export const launchCampaign = async (input: LaunchCampaignInput) =>
  runAction(async () => launch(await contextFromSession(), input))

export const cancelCampaign = async (input: EndCampaignInput) =>
  runAction(async () => cancel(await contextFromSession(), input))

export const closeCampaign = async (input: CloseCampaignInput) =>
  runAction(async () => close(await contextFromSession(), input))

export const createReviewTemplate = async (input: CreateTemplateInput) =>
  runAction(async () => save(await contextFromSession(), CreateTemplateInput.parse(input)))

export const updateReviewTemplate = async (input: UpdateTemplateInput) =>
  runAction(async () => changeTemplate(await contextFromSession(), UpdateTemplateInput.parse(input)))

export const deleteReviewTemplate = async (input: { id: string }) =>
  runAction(async () => dropTemplate(await contextFromSession(), ById.parse(input)))

/** A draft on one item, or on many with equal evidence. */
export const decideItems = async (input: DecideInput) =>
  runAction(async () => decide(await contextFromSession(), input))

export const undoDecision = async (input: UndoInput) => runAction(async () => undo(await contextFromSession(), input))

export const reassignItems = async (input: ReassignInput) =>
  runAction(async () => reassign(await contextFromSession(), input))

/** Makes the caller's drafts final. */
export const signOffReview = async (input: SignOffInput) =>
  runAction(async () => sign(await contextFromSession(), input))
