'use client'

import type { ErrorPageProps } from '@/components/shell/error-page'
import './globals.css'

/** Stands in for the root layout when that itself fails, so it depends on nothing but the tokens. */
export default function GlobalError({ error, reset }: ErrorPageProps) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto flex max-w-110 flex-col items-start gap-3 px-4 py-14">
          <title>Bailiwick could not be shown</title>
          <h1 className="text-base font-medium">Bailiwick could not be shown</h1>
          <p className="text-sm text-ink-muted">
            Something went wrong on our side. Nothing of yours was changed by it.
            {error.digest ? ` Reference ${error.digest}.` : ''}
          </p>
          <button
            type="button"
            onClick={reset}
            className="h-7 rounded-md bg-accent px-2.5 text-sm font-medium text-on-accent hover:bg-accent-hover"
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  )
}
