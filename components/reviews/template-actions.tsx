'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatDate } from '@/lib/platform/browser/format'
import { deleteReviewTemplate, updateReviewTemplate } from '@/lib/reviews/actions'
import { templatesQuery } from '@/lib/reviews/queries'
import type { ReviewTemplate } from '@/lib/reviews/templates'
import { triggerLabels } from './review-words'

/** What a saved template does by itself, with the ways to stop it. */
export function TemplateActions({ orgId, template }: { orgId: string; template: ReviewTemplate }) {
  const queries = useQueryClient()
  const { id, name, version, isActive, recurrence, events, problem, can } = template
  const refresh = () => queries.invalidateQueries({ queryKey: templatesQuery(orgId).queryKey })
  const pause = useMutation({
    mutationFn: (isOn: boolean) => takeResult(updateReviewTemplate({ id: id ?? '', version, isActive: isOn })),
    onSuccess: (saved) => notifyDone(saved.isActive ? `${name} begins by itself again` : `${name} begins nothing now`),
    onError: (error) => notifyFailed('It was not changed', error.message),
    onSettled: refresh,
  })
  if (id === null) return null
  const isSelfActing = recurrence !== null || events.length > 0
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-muted">
      <span className="min-w-0 flex-1">
        {recurrence
          ? `Every ${recurrence.everyMonths === 1 ? 'month' : formatCount(recurrence.everyMonths, 'month')}, next on ${formatDate(recurrence.nextOn)}. `
          : ''}
        {events.length > 0 ? `When ${events.map((event) => triggerLabels[event]).join(', or ')}. ` : ''}
        {isSelfActing && !isActive ? 'Paused. ' : ''}
        {problem ? <span className="text-warning-ink">{problem}</span> : null}
      </span>
      {can.update && isSelfActing ? (
        <Button size="sm" isPending={pause.isPending} onClick={() => pause.mutate(!isActive)}>
          {isActive ? 'Pause' : 'Let it begin again'}
        </Button>
      ) : null}
      {can.delete ? (
        <ConfirmDialog
          trigger={
            <Button size="sm" variant="ghost" aria-label={`Delete the template ${name}`}>
              Delete
            </Button>
          }
          title={`Delete the template ${name}?`}
          confirmLabel="Delete the template"
          tone="danger"
          onConfirm={async () => {
            await takeResult(deleteReviewTemplate({ id }))
            notifyDone(`The template ${name} is deleted`)
            await refresh()
          }}
        >
          <p>Campaigns that came from it stay as they are. It begins no more.</p>
        </ConfirmDialog>
      ) : null}
    </div>
  )
}
