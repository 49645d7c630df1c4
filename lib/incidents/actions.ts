'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { ChangeIncidentInput, DeclareIncidentInput, EndIncidentInput } from './schema'
import { declareIncident as declare } from './server/create-incident'
import { endIncident as end } from './server/end-incident'
import { changeIncident as change } from './server/update-incident'

export const declareIncident = async (input: DeclareIncidentInput) =>
  runAction(async () => declare(await contextFromSession(), input))

export const changeIncident = async (input: ChangeIncidentInput) =>
  runAction(async () => change(await contextFromSession(), input))

export const endIncident = async (input: EndIncidentInput) =>
  runAction(async () => end(await contextFromSession(), input))
