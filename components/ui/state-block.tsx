import { Inbox, Lock, SearchX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './class-names'
import { CopyButton } from './copy-button'

export interface StateBlockProps {
  title: string
  /** Why it is so, and what it means for the reader. */
  children?: ReactNode
  /** The next step: one or two buttons or links. */
  actions?: ReactNode
  /** It is all there is on the page, so its title is the page's h1. */
  isPage?: boolean
  className?: string
}

interface BlockProps extends StateBlockProps {
  icon: ReactNode
  isAlert?: boolean
}

function Block({ title, children, actions, icon, isAlert, isPage, className }: BlockProps) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <div
      role={isAlert ? 'alert' : undefined}
      className={cn('flex flex-col items-start gap-3 px-4 py-10 sm:mx-auto sm:max-w-110 sm:py-14', className)}
    >
      <span className="hatched grid size-9 place-items-center rounded-md border text-ink-muted" aria-hidden>
        <span className="grid size-6 place-items-center rounded-sm bg-canvas [&_svg]:size-4">{icon}</span>
      </span>
      <div className="flex flex-col gap-1">
        <Heading className="text-base font-medium">{title}</Heading>
        {children ? <div className="text-sm text-ink-muted">{children}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  )
}

/** There is nothing yet: says why, and gives the next step. */
export function EmptyState(props: StateBlockProps) {
  return <Block icon={<Inbox />} {...props} />
}

/** There is something, but the filter leaves none of it. Give a button that clears the filter. */
export function NoMatchState(props: StateBlockProps) {
  return <Block icon={<SearchX />} {...props} />
}

/** The reader may not see this: says so and whom to ask. */
export function ForbiddenState(props: StateBlockProps) {
  return <Block icon={<Lock />} {...props} />
}

export interface FailedStateProps extends StateBlockProps {
  /** The reference that finds the trace and the audit rows. */
  requestId?: string
}

/** It could not be shown: what happened, what it means, what to do (give a retry), and the reference. */
export function FailedState({ requestId, children, ...props }: FailedStateProps) {
  return (
    <Block icon={<TriangleAlert className="text-danger-ink" />} isAlert {...props}>
      {children}
      {requestId ? (
        <p className="mt-2 flex items-center gap-1 text-xs">
          Reference <span className="font-mono">{requestId}</span>
          <CopyButton value={requestId} label="reference" />
        </p>
      ) : null}
    </Block>
  )
}
