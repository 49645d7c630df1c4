'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { startDrill } from '@/lib/lifecycle/actions'
import { drillPreviewQuery } from '@/lib/lifecycle/drill-queries'
import type { Drill, DrillPreview } from '@/lib/lifecycle/drills'
import { chosenSays, modeSays } from './drill-words'
import { useLifecycleChange } from './use-lifecycle-change'
import { hrefOfOrder } from './use-revocation'

interface DrillStartProps {
  orgId: string
  drill: Drill
  onClose: () => void
}

/** Begins a drill: what it will do to whom first, then the secrets to try, then the page of its run. */
export function DrillStart({ orgId, drill, onClose }: DrillStartProps) {
  const router = useRouter()
  const boxes = useRef(new Map<string, HTMLInputElement>())
  const preview = useQuery(drillPreviewQuery(orgId, drill.id))
  const start = useLifecycleChange(orgId, startDrill, (order) => router.push(hrefOfOrder(order)))
  const { data, error } = preview
  const problems = data?.targets.flatMap((target) => target.problems) ?? []
  const isReady = data?.can.start === true && problems.length === 0 && !preview.isFetching
  const given = () =>
    [...boxes.current].flatMap(([identityId, { value }]) => (value === '' ? [] : [{ identityId, secret: value }]))
  const asked = [
    ...(drill.mode === 'live'
      ? (data?.targets ?? []).map(({ identityId: id, name }) => ({ id, name, isCut: true }))
      : []),
    ...drill.keepers.map((keeper) => ({ ...keeper, isCut: false })),
  ]
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={`Begin ${drill.name}?`}
        description={modeSays[drill.mode]}
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant={drill.mode === 'live' ? 'danger' : 'primary'}
              disabled={!isReady}
              isPending={start.isPending}
              onClick={() => void start.run({ id: drill.id, listHash: data?.listHash, secrets: given() })}
            >
              {data?.secondPerson ? 'Ask for a second person' : beginLabel(drill, data)}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-5">
          {data ? (
            <Targets data={data} />
          ) : error ? (
            <Alert tone="danger">{error.message}</Alert>
          ) : (
            <Skeleton className="h-40" />
          )}
          {data?.secondPerson ? (
            <Alert tone="warning" title="A second person has to agree">
              {data.secondPerson} Nothing happens before.
            </Alert>
          ) : null}
          {drill.mode !== 'tabletop' && asked.length > 0 ? (
            <fieldset className="flex flex-col gap-3">
              <legend className="mb-1 text-sm font-medium">Secrets to try</legend>
              <p className="text-xs text-ink-muted">
                Kept encrypted until the run ends, and wiped then. Without one there is only the source’s word, which is
                no verdict.
              </p>
              {asked.map(({ id, name, isCut }) => (
                <Field
                  key={id}
                  label={isCut ? `Secret of ${name}, which is cut` : `Secret of ${name}, who must keep access`}
                >
                  <Input
                    ref={(box) => {
                      if (box) boxes.current.set(id, box)
                      else boxes.current.delete(id)
                    }}
                    type="password"
                    isMono
                    autoComplete="off"
                    spellCheck={false}
                    data-1p-ignore
                    className="max-w-96"
                  />
                </Field>
              ))}
            </fieldset>
          ) : null}
          {start.error ? (
            <Alert tone="danger" isLive>
              {start.error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}

function beginLabel({ mode }: Drill, data: DrillPreview | undefined): string {
  if (mode === 'tabletop') return 'Begin on paper'
  const count = data?.targets.length ?? 1
  if (mode === 'live')
    return count === 1 ? `Switch ${data?.targets[0]?.name ?? 'it'} off and on` : `Switch ${count} accounts off and on`
  return count === 1 ? 'Begin with a canary' : `Begin with ${count} canaries`
}

function Targets({ data }: { data: DrillPreview }) {
  const [first] = data.targets
  return (
    <div className="flex flex-col gap-3">
      <section aria-label="What will be done">
        <h3 className="mb-1 text-sm font-medium">What will be done</h3>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-sm">
          {first?.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
      <section aria-label="Accounts">
        <h3 className="mb-1 text-sm font-medium">Accounts</h3>
        <ul className="flex max-h-60 flex-col divide-y overflow-y-auto">
          {data.targets.map(
            ({ identityId, name, systemTitle, documentedSeconds, problems, sessions, holdsSessions }) => (
              <li key={identityId} className="flex flex-col gap-1 py-2 text-sm">
                <span className="flex flex-wrap gap-x-3">
                  <span className="font-medium">{name}</span>
                  <span className="text-ink-muted">
                    {systemTitle}
                    {documentedSeconds === null
                      ? ': the makers name no time'
                      : `: the makers say ${chosenSays(documentedSeconds)}`}
                    {holdsSessions ? '' : '; no session can be held open here, so that its end is not testable'}
                    {sessions ? `; ${sessions.count} signed in now` : ''}
                  </span>
                </span>
                {problems.map(({ kind, says }) => (
                  <Alert key={kind} tone="danger">
                    {says}
                  </Alert>
                ))}
              </li>
            ),
          )}
        </ul>
      </section>
    </div>
  )
}
