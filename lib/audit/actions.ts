'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { verifyChain as verify } from './server/verify-chain'

export const verifyChain = async () => runAction(async () => verify(await contextFromSession()))
