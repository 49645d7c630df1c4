'use client'

import { OctagonX } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import type { OrderScope } from '@/lib/lifecycle/queries'
import type { Suspect } from './find-suspects'
import { ReasonChoices } from './reason-field'
import { RevocationBody } from './revocation-body'
import { targetWords } from './run-words'
import { useRevocation } from './use-revocation'

interface EmergencyActProps {
  orgId: string
  suspect: Suspect & { identityId: string }
  /** The key itself is at hand. */
  hasSecret: boolean
  takeSecret: () => string | undefined
}

const reasons = ['Seen in public', 'Found in a log or a chat', 'A machine was stolen', 'Used by a stranger'] as const

/** What breaks when it is cut off, why, and the cut. */
export function EmergencyAct({ orgId, suspect, hasSecret, takeSecret }: EmergencyActProps) {
  const [isWhole, setIsWhole] = useState(suspect.credentialId === null)
  const { identityId, credentialId, holder, credential } = suspect
  return (
    <section aria-label="Cut it off" className="flex flex-col gap-5 border-t pt-5">
      {credentialId ? (
        <fieldset className="flex flex-wrap gap-2" aria-label="How much is cut off">
          {[
            { isAll: false, title: `Only this ${credential ? 'credential' : 'key'}`, says: credential?.name ?? '' },
            { isAll: true, title: 'The whole identity', says: `all that ${holder} signs in with` },
          ].map(({ isAll, title, says }) => (
            <label
              key={title}
              className={cn(
                'flex min-h-10 cursor-pointer items-center gap-2 rounded-md border px-3 py-1.5 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent',
                isWhole === isAll ? 'border-accent-ink bg-accent-wash' : 'hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name="extent"
                checked={isWhole === isAll}
                onChange={() => setIsWhole(isAll)}
                className="size-4 accent-(--accent)"
              />
              <span>
                <span className="font-medium">{title}</span> <span className="text-ink-muted">{says}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ) : null}
      <EmergencyCut
        key={String(isWhole)}
        orgId={orgId}
        scope={{ targets: [{ identityId, credentialId: isWhole ? null : credentialId }] }}
        reasons={reasons}
        verb={isWhole ? `Cut off ${holder} now` : `Cut off ${credential?.name ?? 'this key'} now`}
        hasSecret={hasSecret}
        takeSecret={takeSecret}
      />
    </section>
  )
}

interface EmergencyCutProps extends Pick<EmergencyActProps, 'orgId' | 'hasSecret' | 'takeSecret'> {
  scope: OrderScope
  /** What the button does, to what; of many it counts them. */
  verb?: string
  reasons: readonly string[]
}

/** What cutting these off would break, why, and the cut: ahead of all planned work. */
export function EmergencyCut({ orgId, scope, verb, reasons, hasSecret, takeSecret }: EmergencyCutProps) {
  const box = useRef<HTMLInputElement>(null)
  const revocation = useRevocation({
    orgId,
    scope,
    isEmergency: true,
    takeSecret: () => box.current?.value || takeSecret(),
  })
  const { preview, targets, refused, isReady, isPending, ask, choice, change } = revocation
  const mayAsk = preview.data?.can.request === true && refused.length === 0
  return (
    <>
      <RevocationBody
        orgId={orgId}
        revocation={revocation}
        hasSecret={hasSecret}
        secret={hasSecret ? undefined : box}
      />
      {mayAsk ? (
        <div className="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center gap-x-4 gap-y-2 border-t bg-canvas px-4 py-3 md:-mx-6 md:px-6">
          <div className={cn('flex flex-wrap items-center gap-2', isReady && 'max-sm:hidden')}>
            <span className="text-sm font-medium">Why?</span>
            <ReasonChoices value={choice.reason} onChange={(reason) => change({ reason })} choices={reasons} />
          </div>
          <div className="flex flex-wrap items-center gap-3">
            <Button
              variant="danger"
              size="lg"
              icon={<OctagonX aria-hidden />}
              disabled={!isReady}
              isPending={isPending}
              onClick={() => void ask()}
            >
              {preview.data?.secondPerson ? 'Ask for a second person' : (verb ?? `Cut off ${targetWords(targets)} now`)}
            </Button>
            {isReady ? (
              <span className="text-sm text-ink-muted">
                {preview.data?.secondPerson
                  ? 'Nothing happens before somebody else agrees.'
                  : 'The next page shows whether a login is refused.'}
              </span>
            ) : null}
          </div>
        </div>
      ) : null}
    </>
  )
}
