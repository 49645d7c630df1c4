'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { endTwin, setTwin } from '@/lib/lifecycle/actions'
import { twinPreviewQuery } from '@/lib/lifecycle/queries'
import type { TwinPair, TwinPreview } from '@/lib/lifecycle/twins'
import { ChoiceCard } from './choice-card'
import { type ChosenIdentity, IdentityPicker } from './identity-picker'
import { ReasonField } from './reason-field'
import { useLifecycleChange } from './use-lifecycle-change'

interface TwinDialogProps {
  orgId: string
  identity: ChosenIdentity
  pair: TwinPair['pair']
  onClose: () => void
}

const reasons = ['To rotate without a gap', 'The other one is in use'] as const

/** Which other account one program uses in turn with this one, what differs between them, and which is in use now. */
export function TwinDialog({ orgId, identity, pair, onClose }: TwinDialogProps) {
  const known = pair?.sides.find(({ identityId }) => identityId !== identity.id)
  const [chosen, setChosen] = useState<ChosenIdentity[]>(known ? [{ id: known.identityId, name: known.name }] : [])
  const [inUse, setInUse] = useState(pair?.sides.find(({ isInUse }) => isInUse)?.identityId)
  const [reason, setReason] = useState('')
  const [other] = chosen
  const preview = useQuery({
    ...twinPreviewQuery(orgId, { identityId: identity.id, twinId: other?.id ?? '' }),
    enabled: other !== undefined,
  })
  const { data } = preview
  const set = useLifecycleChange(orgId, setTwin, onClose)
  const end = useLifecycleChange(orgId, endTwin, onClose)
  const inUseId = inUse ?? data?.sides.find(({ isInUse }) => isInUse)?.identityId
  const isReady = data?.can.set === true && data.problems.length === 0 && reason.trim() !== '' && inUseId !== undefined
  const error = set.error ?? end.error ?? preview.error
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={`A twin of ${identity.name}`}
        description="Two accounts that one program uses in turn. Nothing is done at the source by saying so."
        footer={
          <>
            {pair ? (
              <Button
                variant="danger-outline"
                className="mr-auto"
                isPending={end.isPending}
                onClick={() => void end.run({ id: identity.id })}
              >
                End the pair
              </Button>
            ) : null}
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!isReady}
              isPending={set.isPending}
              onClick={() =>
                other && inUseId
                  ? void set.run({ identityId: identity.id, twinId: other.id, inUseId, reason: reason.trim() })
                  : undefined
              }
            >
              Use them in turn
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-5">
          {pair ? null : (
            <section aria-label="The other account">
              <h3 className="mb-1.5 text-sm font-medium">The other account</h3>
              <IdentityPicker orgId={orgId} label="The other account" value={chosen} onChange={setChosen} most={1} />
            </section>
          )}
          {other && !data && !preview.error ? <Skeleton className="h-32 w-full" /> : null}
          {other && data ? (
            <Found preview={data} {...{ inUseId, setInUse }}>
              <ReasonField value={reason} onChange={setReason} choices={reasons} />
            </Found>
          ) : null}
          {error ? (
            <Alert tone="danger" title="That was not done">
              {error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}

interface FoundProps {
  preview: TwinPreview
  inUseId: string | undefined
  setInUse: (id: string) => void
  children: React.ReactNode
}

function Found({ preview: { problems, differences, sides, steps }, inUseId, setInUse, children }: FoundProps) {
  if (problems.length > 0)
    return (
      <Alert tone="danger" title="These two cannot be used in turn">
        {problems.map((problem) => (
          <p key={problem}>{problem}</p>
        ))}
        {differences.length > 0 ? (
          <ul className="mt-1 ml-4 list-disc" aria-label="What differs">
            {differences.map((difference) => (
              <li key={difference}>{difference}</li>
            ))}
          </ul>
        ) : null}
      </Alert>
    )
  return (
    <>
      <p className="text-sm">Both are of one source, and are granted the same.</p>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-sm font-medium">Which does the program use now?</legend>
        {sides.map(({ identityId, name, isOff }) => (
          <ChoiceCard
            key={identityId}
            name="in-use"
            title={name}
            says={isOff ? 'The inventory shows it as switched off.' : 'The inventory shows it as on.'}
            isChosen={identityId === inUseId}
            onChoose={() => setInUse(identityId)}
          />
        ))}
      </fieldset>
      <section aria-label="What a rotation will do">
        <h3 className="mb-1 text-sm font-medium">What a rotation will do</h3>
        <ol className="ml-4 flex list-decimal flex-col gap-0.5 text-sm marker:text-ink-muted">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
      {children}
    </>
  )
}
