'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type {
  CreateViewInput,
  UpdateViewInput,
  UpdateViewPreferencesInput,
  ViewDocumentInput,
  ViewPath,
} from './schema'
import { createView as create } from './server/create-view'
import { createViews as createMany } from './server/create-views'
import { deleteView as remove } from './server/delete-view'
import { restoreView as restore } from './server/restore-view'
import { updatePreferences as prefer } from './server/update-preferences'
import { updateView as update } from './server/update-view'

export const createView = async (input: CreateViewInput) =>
  runAction(async () => create(await contextFromSession(), input))

export const createViews = async (input: ViewDocumentInput) =>
  runAction(async () => createMany(await contextFromSession(), input))

export const updateView = async (input: UpdateViewInput) =>
  runAction(async () => update(await contextFromSession(), input))

export const deleteView = async (input: ViewPath) => runAction(async () => remove(await contextFromSession(), input))

export const restoreView = async (input: ViewPath) => runAction(async () => restore(await contextFromSession(), input))

export const updateViewPreferences = async (input: UpdateViewPreferencesInput) =>
  runAction(async () => prefer(await contextFromSession(), input))
