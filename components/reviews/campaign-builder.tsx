'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { lazy, Suspense, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { createCampaign, launchCampaign, updateCampaign } from '@/lib/reviews/actions'
import { campaignQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { LeaveGuard } from '../organizations/leave-guard'
import { BuilderPreview } from './builder-preview'
import { CarePart, SilencePart } from './builder-rules'
import { ScopePart } from './builder-scope'
import { StagesPart } from './builder-stages'
import { reviewHref } from './review-address'
import { type BuilderStart, useBuilder } from './use-builder'

const loadLaunch = () => import('./launch-dialog').then((module) => ({ default: module.LaunchDialog }))
const LaunchDialog = lazy(loadLaunch)
const TemplateDialog = lazy(() => import('./template-dialog').then((module) => ({ default: module.TemplateDialog })))

/** A campaign as it is written, and beside it what it would be. Nothing begins before it is launched. */
export function CampaignBuilder({ orgId, from }: { orgId: string; from: BuilderStart }) {
  const router = useRouter()
  const queries = useQueryClient()
  const builder = useBuilder(orgId, from)
  const [isTried, setIsTried] = useState(false)
  const [isLaunching, setIsLaunching] = useState(false)
  const [isKept, setIsKept] = useState(false)
  const campaign = 'campaign' in from ? from.campaign : undefined
  const { draft, errors, input, preview, isFresh, isDirty } = builder

  // A launch that was refused has stored the draft already: the next one goes on from it.
  const stored = useRef(campaign)
  const store = async (): Promise<CampaignDetail> => {
    const last = stored.current
    if (last && !isDirty) return last
    const saved = await takeResult(
      last
        ? updateCampaign({
            ...{ id: last.id, version: last.version, name: draft.name, description: draft.description },
            ...{ level: draft.level, scope: input.scope, rules: draft.rules },
          })
        : createCampaign(input),
    )
    stored.current = saved
    builder.settle()
    queries.setQueryData(campaignQuery(orgId, saved.id).queryKey, saved)
    return saved
  }
  const save = useMutation({
    mutationFn: store,
    onSuccess: (saved) => {
      notifyDone(`${saved.name} is kept as a draft`)
      if (!campaign) router.replace(reviewHref(saved.id))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['reviews', orgId, 'campaigns'] }),
  })
  const refused = isAppError(save.error) ? (save.error.fields ?? {}) : {}
  const errorOf = (path: string) => refused[path] ?? (isTried ? errors.get(path) : undefined)
  const isReady = builder.isWhole && errors.size === 0
  const launch = async (startsAt: string | null) => {
    const saved = await store()
    const launched = await takeResult(
      launchCampaign({
        ...{ id: saved.id, version: saved.version },
        ...{ previewHash: startsAt ? null : (preview.data?.previewHash ?? null), startsAt },
      }),
    ).catch(async (error: unknown) => {
      // What was seen is no longer so: the preview is asked anew, behind the dialog.
      void preview.refetch()
      // The address becomes that of the draft, and the page stays: loaded again, it goes on from there.
      if (!campaign) window.history.replaceState(null, '', reviewHref(saved.id))
      await queries.invalidateQueries({ queryKey: ['reviews', orgId, 'campaigns'] })
      throw error
    })
    queries.setQueryData(campaignQuery(orgId, launched.id).queryKey, launched)
    router.push(reviewHref(launched.id))
    router.refresh()
  }
  return (
    <form
      aria-label={campaign ? 'Change the draft' : 'New campaign'}
      className="grid grid-cols-1 lg:grid-cols-[minmax(0,1fr)_26rem]"
      onSubmit={(event) => {
        event.preventDefault()
        setIsTried(true)
        if (isReady) save.mutate()
      }}
    >
      <LeaveGuard
        isDirty={builder.isTouched && !save.isPending && !isLaunching}
        what="the campaign"
        onDiscard={builder.reset}
      />
      <div className="min-w-0">
        {campaign?.blocked ? (
          <div className="px-4 pt-4 md:px-6">
            <Alert tone="danger" title="The launch was refused">
              {campaign.blocked}
            </Alert>
          </div>
        ) : null}
        <ScopePart orgId={orgId} builder={builder} errorOf={errorOf} />
        <StagesPart orgId={orgId} builder={builder} errorOf={errorOf} />
        <SilencePart orgId={orgId} builder={builder} errorOf={errorOf} />
        <CarePart builder={builder} errorOf={errorOf} />
      </div>
      <div className="border-t lg:border-t-0 lg:border-l">
        <BuilderPreview builder={builder} />
      </div>
      <div className="sticky bottom-0 z-10 flex flex-col gap-2 border-t bg-raised px-4 py-3 md:px-6 lg:col-span-2">
        {save.error && Object.keys(refused).length === 0 ? (
          <Alert tone="danger" isLive title="It was not saved">
            {save.error.message}
          </Alert>
        ) : null}
        {isTried && errors.size > 0 ? (
          <p role="alert" className="text-sm text-danger-ink">
            {[...errors.values()][0]}
          </p>
        ) : null}
        <div className="flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            disabled={
              !isReady || !isFresh || !preview.data || preview.data.items === 0 || preview.data.blocked.length > 0
            }
            onPointerEnter={() => void loadLaunch()}
            onClick={() => setIsLaunching(true)}
          >
            Launch…
          </Button>
          <Button type="submit" isPending={save.isPending} disabled={!isDirty}>
            Keep as a draft
          </Button>
          <Button variant="ghost" disabled={!isReady} onClick={() => setIsKept(true)}>
            Keep as a template…
          </Button>
          {builder.isTouched ? (
            <Button variant="ghost" onClick={builder.reset}>
              Discard changes
            </Button>
          ) : null}
          <span className="text-sm text-ink-muted">
            {preview.data?.items === 0 && isFresh ? 'It finds nothing to review.' : ''}
          </span>
        </div>
      </div>
      {isKept ? (
        <Suspense fallback={null}>
          <TemplateDialog orgId={orgId} input={input} onClose={() => setIsKept(false)} />
        </Suspense>
      ) : null}
      {isLaunching && preview.data ? (
        <Suspense fallback={null}>
          <LaunchDialog
            name={draft.name}
            level={draft.level}
            rules={draft.rules}
            preview={preview.data}
            onClose={() => setIsLaunching(false)}
            onLaunch={launch}
          />
        </Suspense>
      ) : null}
    </form>
  )
}
