'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { UpdateSensitivityRuleInput } from './edits'
import type { ById } from './schema'
import { createSensitivityRule as createRule } from './server/create-sensitivity-rule'
import { deleteCrownJewel as unmark } from './server/delete-crown-jewel'
import { deleteSensitivityRule as removeRule } from './server/delete-sensitivity-rule'
import { markCrownJewel as mark } from './server/mark-crown-jewel'
import { setSensitivity as set } from './server/set-sensitivity'
import { updateSensitivityRule as updateRule } from './server/update-sensitivity-rule'
import type { MarkCrownJewelInput, SensitivityRuleInput, SetSensitivityInput } from './worth'

export const setSensitivity = async (input: SetSensitivityInput) =>
  runAction(async () => set(await contextFromSession(), input))

export const createSensitivityRule = async (input: SensitivityRuleInput) =>
  runAction(async () => createRule(await contextFromSession(), input))

export const updateSensitivityRule = async (input: UpdateSensitivityRuleInput) =>
  runAction(async () => updateRule(await contextFromSession(), input))

export const deleteSensitivityRule = async (input: ById) =>
  runAction(async () => removeRule(await contextFromSession(), input))

export const markCrownJewel = async (input: MarkCrownJewelInput) =>
  runAction(async () => mark(await contextFromSession(), input))

export const deleteCrownJewel = async (input: ById) => runAction(async () => unmark(await contextFromSession(), input))
