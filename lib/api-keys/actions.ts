'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { CreateApiKeyInput, RevokeApiKeyInput } from './schema'
import { createApiKey as create } from './server/create-api-key'
import { revokeApiKey as revoke } from './server/revoke-api-key'

export const createApiKey = async (input: CreateApiKeyInput) =>
  runAction(async () => create(await contextFromSession(), input))

export const revokeApiKey = async (input: RevokeApiKeyInput) =>
  runAction(async () => revoke(await contextFromSession(), input))
