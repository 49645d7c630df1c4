'use client'

import { ShieldCheck, Users } from 'lucide-react'
import Link from 'next/link'
import type { RefObject } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { identityHref } from '@/lib/identities/rules'
import type { ImpactTarget, OrderTarget, RevocationPreview } from '@/lib/lifecycle/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { ImpactBlast } from './impact-blast'
import { ImpactFacts, ImpactProblems } from './impact-facts'
import { ImpactList } from './impact-list'
import { OrderProblem } from './order-problem'
import { ReasonField } from './reason-field'
import { targetWords } from './run-words'
import { SecretField } from './secret-field'
import { SemanticsCard } from './semantics-card'
import type { Revocation } from './use-revocation'

interface RevocationBodyProps {
  orgId: string
  revocation: Revocation
  /** Usual reasons, where they are not offered elsewhere. */
  reasons?: readonly string[]
  /** The key itself is at hand, and will be tried. */
  hasSecret?: boolean
  /** Where somebody who has the secret can give it. */
  secret?: RefObject<HTMLInputElement | null>
}

/** What it would do, before anybody does it: what breaks, what it means there, how it is proved, who else has to agree, and why. */
export function RevocationBody({ orgId, revocation, reasons, hasSecret, secret }: RevocationBodyProps) {
  const { preview, choice, change, refused, leaveOut, shared, error } = revocation
  const { data } = preview
  if (preview.error && !data) {
    return <Refusal what="preview" error={preview.error} onRetry={() => void preview.refetch()} />
  }
  if (!data) return <PreviewSkeleton />
  const [only] = data.targets
  return (
    <div className="flex flex-col gap-5">
      {data.targets.length === 1 && only ? (
        <OneTarget orgId={orgId} target={only} hasSecret={hasSecret === true} />
      ) : (
        <ManyTargets targets={data.targets} refused={refused} onLeaveOut={leaveOut} />
      )}
      <SharedWithOthers shared={shared} />
      <p className="text-xs text-ink-muted">
        All of this as of <RelativeTime at={data.asOf} />; it is looked at again when you ask for it.
      </p>
      {refused.length === 0 && data.can.request ? (
        <>
          {data.secondPerson ? (
            <Alert tone="warning" title="Not by one person alone">
              <span className="inline-flex items-start gap-1.5">
                <Users className="mt-0.5 size-4 shrink-0" aria-hidden />
                {data.secondPerson} Nothing happens before. The next page has the address to send to them.
              </span>
            </Alert>
          ) : null}
          <div className="max-w-160">
            <ReasonField value={choice.reason} onChange={(reason) => change({ reason })} choices={reasons} />
          </div>
          {secret && data.targets.length === 1 && only?.proof === 'login' ? (
            <SecretField
              box={secret}
              hint="It is tried after the cut, kept encrypted until then, and wiped. Without it the source is asked, and that is only its word."
            />
          ) : null}
          <div className="flex flex-col gap-1">
            <Field label="End the sessions that are open" layout="inline">
              <Checkbox checked={choice.endSessions} onCheckedChange={(endSessions) => change({ endSessions })} />
            </Field>
            <Field
              label="Delete it at the source when it can no longer be restored"
              layout="inline"
              hint={choice.removes ? 'That cannot be taken back.' : undefined}
            >
              <Checkbox checked={choice.removes} onCheckedChange={(removes) => change({ removes })} />
            </Field>
          </div>
        </>
      ) : null}
      <OrderProblem deed="revoke" mayRequest={data.can.request} error={error} preview={preview} />
    </div>
  )
}

/** What an agent acts by together with others stays, and is told. */
function SharedWithOthers({ shared }: Pick<RevocationPreview, 'shared'>) {
  if (shared.length === 0) return null
  return (
    <Alert
      tone="warning"
      title={`Not cut off: ${formatCount(shared.length, 'account or key', 'accounts and keys')} that others use too`}
    >
      It acts by them through its tools, and would find them closed only if they were closed for all. Look at each by
      itself:
      <ul className="mt-1 ml-4 list-disc">
        {shared.map(({ identityId, credentialId, name, others }) => (
          <li key={`${identityId} ${credentialId}`}>
            <Link href={identityHref(identityId, credentialId ? 'credentials' : undefined)} className="underline">
              {name}
            </Link>
            , used by {formatCount(others, 'other')}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function OneTarget({ orgId, target, hasSecret }: { orgId: string; target: ImpactTarget; hasSecret: boolean }) {
  return (
    <>
      <ImpactProblems target={target} />
      <ImpactBlast orgId={orgId} identityId={target.identityId} />
      <div className="grid grid-cols-1 gap-x-8 gap-y-5 md:grid-cols-2">
        <section aria-label="What hangs on it" className="min-w-0">
          <h3 className="mb-1 text-sm font-medium">What hangs on it</h3>
          <ImpactFacts target={target} />
        </section>
        <div className="flex min-w-0 flex-col gap-5">
          {target.semantics ? <SemanticsCard semantics={target.semantics} system={target.systemTitle} /> : null}
        </div>
      </div>
      {target.steps.length > 0 ? <PlannedSteps target={target} hasSecret={hasSecret} /> : null}
    </>
  )
}

interface PlannedStepsProps {
  target: ImpactTarget
  hasSecret: boolean
  isRotation?: boolean
}

/** What will be done, in order, and how it is proved. */
export function PlannedSteps({ target, hasSecret, isRotation }: PlannedStepsProps) {
  const proof = hasSecret ? 'login' : target.proof
  const words = {
    login: hasSecret
      ? 'Then the key that you pasted is tried. Only when it is refused does this page say so.'
      : 'If somebody gives the secret, a login is tried afterwards. Otherwise the source is asked, and the run’s page says that it is only the source’s word.',
    source:
      'No secret of it is held, so no login can be tried: the source is asked, and the run’s page says that it is only the source’s word.',
    none: 'Nothing can be tried there. The run’s page will say what the source answered, and that it is no proof.',
  }
  return (
    <section aria-label="What will be done">
      <h3 className="mb-1 text-sm font-medium">What will be done</h3>
      <ol className="ml-4 flex list-decimal flex-col gap-0.5 text-sm marker:text-ink-muted">
        {target.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className="mt-2 flex items-start gap-1.5 text-sm text-ink-muted">
        <ShieldCheck className="mt-0.5 size-4 shrink-0" aria-hidden />
        {isRotation && proof === 'login'
          ? 'The new secret is tried before anybody gets it, and the old one when it has ended.'
          : words[proof]}
      </p>
    </section>
  )
}

interface ManyTargetsProps {
  targets: ImpactTarget[]
  refused: ImpactTarget[]
  onLeaveOut?: (targets: OrderTarget[]) => void
}

/** Many at once: how many can be done, how many sessions end, and the exact list. */
export function ManyTargets({ targets, refused, onLeaveOut }: ManyTargetsProps) {
  const known = targets.filter(({ sessions }) => sessions)
  const open = known.reduce((sum, { sessions }) => sum + (sessions?.count ?? 0), 0)
  const silent = targets.length - known.length
  return (
    <>
      <p className="text-sm">
        {targets.length - refused.length} of {targetWords(targets)} can be done. {formatCount(open, 'session')} are open
        now
        {silent > 0 ? `; of ${silent} it is not known` : ''}.
      </p>
      {refused.length > 0 ? (
        <Alert
          tone="danger"
          title={`${targetWords(refused)} cannot be done from here`}
          actions={
            onLeaveOut && refused.length < targets.length ? (
              <Button
                onClick={() =>
                  onLeaveOut(refused.map(({ identityId, credentialId }) => ({ identityId, credentialId })))
                }
              >
                Leave {refused.length === 1 ? 'it' : `these ${refused.length}`} out
              </Button>
            ) : undefined
          }
        >
          Each says why in the list. An order is done as a whole or not at all.
        </Alert>
      ) : null}
      <ImpactList targets={targets} />
    </>
  )
}

export function PreviewSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <p className="sr-only" role="status">
        Working out what would happen
      </p>
      <Skeleton className="h-5 w-2/3" />
      <div className="grid gap-8 md:grid-cols-2">
        <Skeleton className="h-44 w-full" />
        <Skeleton className="h-44 w-full" />
      </div>
      <Skeleton className="h-20 w-full" />
    </div>
  )
}
