'use client'

import Link from 'next/link'
import type { ActionFailure } from '@/lib/platform/browser/action-result'
import { ApiError } from '@/lib/platform/browser/api'
import { isAppError, type Missing } from '@/lib/platform/errors'
import { Button } from './button'
import { FailedState, ForbiddenState } from './state-block'

export interface RefusalProps {
  /** What could not be shown: "members". */
  what: string
  /** From the query, or from the server's first paint. */
  error: unknown
  onRetry?: () => void
}

/** In place of a list that cannot be shown: not allowed, or failed, each with what to do now. */
export function Refusal({ what, error, onRetry }: RefusalProps) {
  const { code, message, requestId, missing } = factsOf(error)
  if (code === 'forbidden') {
    return (
      <ForbiddenState
        title={`You may not see the ${what}`}
        actions={
          missing?.roles[0] ? (
            <Button asChild>
              <Link href={`/ask?${new URLSearchParams({ role: missing.roles[0], for: missing.permission })}`}>
                Ask for the role {missing.roles[0]} for a time
              </Link>
            </Button>
          ) : undefined
        }
      >
        {missing
          ? `Your role does not allow this (${missing.permission}). ${missing.roles.length > 1 ? 'Any of these roles does' : 'This role does'}: ${missing.roles.join(', ')}.`
          : 'Your role does not allow this. Ask an administrator of the organization.'}
      </ForbiddenState>
    )
  }
  return (
    <FailedState
      title={`The ${what} could not be loaded`}
      requestId={requestId}
      actions={onRetry ? <Button onClick={onRetry}>Try again</Button> : undefined}
    >
      {message}
    </FailedState>
  )
}

function factsOf(error: unknown): {
  code: string
  message: string
  requestId?: string
  missing?: Missing | undefined
} {
  if (isAppError(error)) {
    return {
      code: error.code,
      message: error.message,
      requestId: error instanceof ApiError ? error.requestId : undefined,
      missing: error.missing,
    }
  }
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message, reference, missing } = error as ActionFailure
    return { code, message, requestId: reference, missing }
  }
  return { code: 'internal', message: 'Something went wrong on our side. Nothing was changed.' }
}
