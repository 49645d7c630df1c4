'use client'

export interface ErrorPageProps {
  error: Error & { digest?: string }
  reset: () => void
}

/**
 * Plain elements only: every page carries this one along for the day on which it fails, and what has failed may be a part that
 * could not be fetched.
 */
export function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 px-4 py-10 sm:mx-auto sm:max-w-110 sm:py-14">
      <span className="hatched grid size-9 place-items-center rounded-md border text-danger-ink" aria-hidden>
        <span className="grid size-6 place-items-center rounded-sm bg-canvas text-base font-medium">!</span>
      </span>
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-medium">This page could not be shown</h1>
        <p className="text-sm text-ink-muted">
          Something went wrong on our side. Nothing of yours was changed by it. If it happens again, give the reference
          to whoever runs this installation.
        </p>
        {error.digest ? (
          <p className="mt-1 text-xs text-ink-muted">
            Reference <span className="font-mono select-all">{error.digest}</span>
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          onClick={reset}
          className="h-7 rounded-md bg-accent px-2.5 text-sm font-medium text-on-accent hover:bg-accent-hover"
        >
          Try again
        </button>
        <a
          href="/"
          className="inline-flex h-7 items-center rounded-md border border-line-strong/70 bg-raised px-2.5 text-sm font-medium hover:bg-hover"
        >
          Go to the overview
        </a>
      </div>
    </div>
  )
}
