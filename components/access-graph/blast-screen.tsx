'use client'

import { useEffect, useEffectEvent } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import type { BlastRadius } from '@/lib/access-graph/blast-radius'
import { blastRadiusQuery } from '@/lib/access-graph/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { isAppError } from '@/lib/platform/errors'
import { blastParsers } from './blast-address'
import { BlastFactors } from './blast-factors'
import { BlastHead } from './blast-head'
import { BlastMatrix } from './blast-matrix'
import { BlastSkeleton } from './blast-skeleton'
import { PictureSection } from './picture-section'
import { ReachedIdentities } from './reached-identities'
import { ReachedList } from './reached-list'
import { noChanges } from './what-if-address'
import { WhatIfSection } from './what-if-section'

interface BlastScreenProps {
  orgId: string
  identity: { id: string; name: string }
  /** What the server painted. */
  first: ActionResult<BlastRadius>
}

const retryMs = 3000

/** What an identity could reach, alter and for how long, if it fell into the wrong hands; and what a cut would change. */
export function BlastScreen({ orgId, identity, first }: BlastScreenProps) {
  const { data, error, isFetching, retry } = useLoaded(blastRadiusQuery(orgId, identity.id), first)
  const [state, setState] = useAddress(blastParsers)
  const code = codeOf(error)
  const isLoading = !data && code === 'upstream_failed'
  useRetry(isLoading, retry)
  if (!data && isLoading) return <GraphLoading message={messageOf(error)} onRetry={retry} />
  if (!data && error) return <Refusal what="blast radius" error={error} onRetry={retry} />
  if (!data) return <BlastSkeleton />

  const changes = state['what-if']
  const { figures } = data
  const reachesNothing = figures.resources === 0 && figures.identities === 0
  const shown = { orgId, identity }
  return (
    <>
      {error && !isFetching ? (
        <Alert
          tone="warning"
          title="These figures could not be brought up to date"
          className="mx-4 mt-3 md:mx-6"
          isLive
          actions={<Button onClick={retry}>Try again</Button>}
        >
          {messageOf(error)} What is shown was worked out before.
        </Alert>
      ) : null}
      <BlastHead
        data={data}
        isWhatIf={changes !== null}
        onWhatIf={
          reachesNothing && !changes
            ? undefined
            : (isOn) => setState({ 'what-if': isOn ? noChanges : null }, { history: 'push' })
        }
      />
      <BlastFactors data={data} />
      {changes ? <WhatIfSection {...shown} changes={changes} /> : null}
      {reachesNothing ? (
        <EmptyState
          title={data.isLive ? 'It reaches nothing that is known' : 'It reaches nothing while it is disabled'}
        >
          {data.isLive
            ? 'No imported file grants it anything that can be used, by itself or through what it belongs to. That is not proof that it has nothing: policies may lie in files that were not imported.'
            : 'What is granted to it stays written down on its Access tab. It would count again as soon as somebody enables it.'}
        </EmptyState>
      ) : (
        <>
          <BlastMatrix data={data} />
          <ReachedList {...shown} data={data} />
        </>
      )}
      <ReachedIdentities {...shown} data={data} />
      {reachesNothing && data.exposedTo === 0 ? null : <PictureSection {...shown} graph={data.graph} />}
    </>
  )
}

interface GraphLoadingProps {
  message: string
  onRetry: () => void
}

/** The graph is on its way into memory: asks again by itself. */
function GraphLoading({ message, onRetry }: GraphLoadingProps) {
  return (
    <Section title="The access graph is being loaded" actions={<Button onClick={onRetry}>Ask now</Button>}>
      <div className="flex max-w-[72ch] flex-col gap-3" role="status">
        <p className="text-sm text-ink-muted">
          {message} Nothing is shown until the figures are whole. This page asks again every {retryMs / 1000} seconds.
        </p>
        <Progress label="Waiting for the graph" value={0} max={1} detail="not known how long" isIndeterminate />
      </div>
    </Section>
  )
}

function useRetry(isEnabled: boolean, retry: () => void): void {
  const onTime = useEffectEvent(retry)
  useEffect(() => {
    if (!isEnabled) return
    const timer = setInterval(() => onTime(), retryMs)
    return () => clearInterval(timer)
  }, [isEnabled])
}

function codeOf(error: unknown): string | undefined {
  if (isAppError(error)) return error.code
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
}
