'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { ById, CreateClientInput, CreateIssuerInput } from './schema'
import { createClient } from './server/create-client'
import { createIssuer } from './server/create-issuer'
import { deleteClient, deleteIssuer } from './server/delete-caller'
import { verifyIssuer } from './server/verify-issuer'

export const createAccessIssuer = async (input: CreateIssuerInput) =>
  runAction(async () => createIssuer(await contextFromSession(), input))

export const testAccessIssuer = async (input: ById) =>
  runAction(async () => verifyIssuer(await contextFromSession(), input))

export const deleteAccessIssuer = async (input: ById) =>
  runAction(async () => deleteIssuer(await contextFromSession(), input))

export const createAccessClient = async (input: CreateClientInput) =>
  runAction(async () => createClient(await contextFromSession(), input))

export const deleteAccessClient = async (input: ById) =>
  runAction(async () => deleteClient(await contextFromSession(), input))
