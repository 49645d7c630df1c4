'use client'

import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { QueryProvider } from '@/lib/platform/browser/query-provider'
import { ShortcutProvider } from '@/lib/platform/browser/shortcuts'
import { Toaster } from '../ui/toast'

/** What every page has around it, signed in or not. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <QueryProvider>
        <ShortcutProvider>
          {children}
          <Toaster />
        </ShortcutProvider>
      </QueryProvider>
    </ThemeProvider>
  )
}
