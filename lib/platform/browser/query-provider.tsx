'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { isAppError } from '../errors'

const staleAfterMs = 15_000
const maxAttempts = 2

/** A refusal will be refused again; only a lost connection or a busy upstream is worth a second try. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= maxAttempts) return false
  return !isAppError(error) || error.code === 'upstream_failed'
}

/** One query client per browser tab (and per request on the server, where nothing is fetched). */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { staleTime: staleAfterMs, retry: isWorthRetrying, refetchOnWindowFocus: true },
          mutations: { retry: false },
        },
      }),
  )
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
