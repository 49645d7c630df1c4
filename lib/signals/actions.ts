'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { CreateStreamInput, OneStream, UpdateStatusInput, UpdateStreamInput, VerifyStreamInput } from './schema'
import { createStream } from './server/create-stream'
import { deleteStream, resendUndelivered, updateStatus, updateStream } from './server/update-stream'
import { verifyStream } from './server/verify-stream'

export const createSignalStream = async (input: CreateStreamInput) =>
  runAction(async () => createStream(await contextFromSession(), input))

export const updateSignalStream = async (input: UpdateStreamInput) =>
  runAction(async () => updateStream(await contextFromSession(), input))

export const updateSignalStatus = async (input: UpdateStatusInput) =>
  runAction(async () => updateStatus(await contextFromSession(), input))

export const verifySignalStream = async (input: VerifyStreamInput) =>
  runAction(async () => verifyStream(await contextFromSession(), input))

export const resendSignals = async (input: OneStream) =>
  runAction(async () => resendUndelivered(await contextFromSession(), input))

export const deleteSignalStream = async (input: OneStream) =>
  runAction(async () => deleteStream(await contextFromSession(), input))
