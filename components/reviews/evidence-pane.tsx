import { History, Lightbulb, Snowflake } from 'lucide-react'
import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { cn } from '@/components/ui/class-names'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import type { ReviewItem, ReviewItemDetail } from '@/lib/reviews/items'
import { DecisionMark } from './decision-mark'
import type { Draft } from './desk-moves'
import {
  AccessFact,
  ChangesFact,
  CredentialsFact,
  Fact,
  OwnersFact,
  RiskFacts,
  Unknown,
  UsageFact,
} from './evidence-facts'

/** What an item is called: the credential or entitlement where it is about one, and whose. */
export const itemTitle = ({ identity, credential, entitlement }: ReviewItem): string =>
  credential?.name ?? entitlement?.name ?? identity.name

interface EvidenceProps {
  item: ReviewItemDetail
  /** What the reader has decided, if they review it. */
  draft?: Draft | null
  /** Written, and not yet part of a decision. */
  note?: string | undefined
}

/** Everything that was frozen about one item, in the order in which a reviewer asks. */
export function EvidencePane({ item, draft, note }: EvidenceProps) {
  const { evidence, changedSince, isGone, conflicts } = item
  return (
    <article aria-label={itemTitle(item)}>
      <header className="border-b px-4 py-3 md:px-5">
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-muted">
          <span className="tabular">{item.no}</span>
          <span aria-hidden>·</span>
          <IdentityKind kind={item.identity.kind} form="label" />
          <span aria-hidden>·</span>
          <SystemTag system={item.system} label={evidence.identity.source} />
          <span aria-hidden>·</span>
          {item.identity.environment ? (
            <EnvironmentTag environment={item.identity.environment} />
          ) : (
            <span className="italic">environment unknown</span>
          )}
          <span aria-hidden>·</span>
          {item.score === null ? (
            <span className="italic">blast radius unknown</span>
          ) : (
            <span className="tabular">blast radius {item.score.toFixed(0)} of 100</span>
          )}
        </p>
        <h2 className="text-lg font-medium break-words">{itemTitle(item)}</h2>
        {item.credential || item.entitlement ? (
          <p className="text-sm text-ink-muted">of {item.identity.name}</p>
        ) : (
          <MiddleTruncate value={evidence.identity.externalId} keepEnd={16} className="text-ink-muted" />
        )}
        <p className="mt-1 max-w-[72ch] text-sm">
          {evidence.identity.purpose ? (
            `Purpose: ${evidence.identity.purpose}`
          ) : (
            <Unknown>Its purpose is unknown.</Unknown>
          )}
        </p>
      </header>
      <Notices {...{ isGone, changedSince, conflicts }} />
      <Recommendation item={item} />
      {draft ? <Said draft={draft} isSigned={item.mine?.state === 'signed'} /> : null}
      {note ? (
        <Fact title="Your note" detail="kept in this tab; it goes with your decision">
          <p className="max-w-[72ch] break-words whitespace-pre-wrap">{note}</p>
        </Fact>
      ) : null}
      <AccessFact item={item} />
      <UsageFact item={item} />
      <RiskFacts item={item} />
      <CredentialsFact item={item} />
      <OwnersFact evidence={evidence} />
      <ChangesFact item={item} />
      <Words item={item} />
      <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-xs text-ink-muted md:px-5">
        <span className="inline-flex items-center gap-1">
          <Snowflake className="size-3.5" aria-hidden />
          As it was <RelativeTime at={item.frozenAt} hasDate />
        </span>
        <MiddleTruncate value={item.evidenceHash} keepEnd={8} copyLabel="hash of the evidence" className="max-w-56" />
        <Link href={`/inventory/${item.identity.id}`} className="text-accent-ink hover:underline">
          The identity as it is now
        </Link>
      </footer>
    </article>
  )
}

function Notices({ isGone, changedSince, conflicts }: Pick<ReviewItemDetail, 'isGone' | 'changedSince' | 'conflicts'>) {
  if (!isGone && changedSince.length === 0 && conflicts.length === 0) return null
  return (
    <div className="flex flex-col gap-2 border-b px-4 py-3 md:px-5">
      {isGone ? (
        <Alert tone="notice" title="It is no longer there">
          Your decision stands on the evidence that was frozen.
        </Alert>
      ) : null}
      {changedSince.length > 0 ? (
        <Alert tone="warning" title="It has changed since the evidence was frozen">
          <ul>
            {changedSince.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          Your decision stands on the frozen evidence.
        </Alert>
      ) : null}
      {conflicts.length > 0 ? (
        <Alert tone="warning" title="You cannot certify this one">
          {conflicts.map(({ says }) => says).join(' ')} Hand it on, or choose another decision.
        </Alert>
      ) : null}
    </div>
  )
}

function Recommendation({ item: { recommendation, says } }: { item: ReviewItemDetail }) {
  return (
    <section aria-label="Recommendation" className="border-b bg-sunken px-4 py-3 md:px-5">
      <p className="flex flex-wrap items-center gap-x-2 text-sm">
        <Lightbulb className="size-4 text-ink-muted" aria-hidden />
        <span className="text-ink-muted">The evidence says:</span>
        <DecisionMark decision={recommendation} form="advice" className="font-medium" />
      </p>
      <ul className="mt-1 max-w-[72ch] pl-6 text-sm">
        {says.recommendation.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </section>
  )
}

function Said({ draft, isSigned }: { draft: Draft; isSigned: boolean }) {
  return (
    <Fact title="What you decided" detail={isSigned ? 'signed off, final' : 'a draft, until you sign off'}>
      <DecisionMark decision={draft.decision} until={draft.until} className="font-medium" />
      {draft.note ? <p className="mt-1 max-w-[72ch] break-words whitespace-pre-wrap">{draft.note}</p> : null}
    </Fact>
  )
}

/** What others said in earlier stages, and everything that was done with it. */
function Words({ item: { words, history } }: { item: ReviewItemDetail }) {
  return (
    <>
      {words.length > 0 ? (
        <Fact title="Who reviews it">
          <ul>
            {words.map((word) => (
              <li
                key={`${word.stage} ${word.reviewer.no}`}
                className="flex flex-wrap items-center gap-x-2 border-b py-1 last:border-b-0"
              >
                <span className="text-ink-muted">Stage {word.stage}</span>
                <span className="min-w-0 break-words">{word.reviewer.name}</span>
                <DecisionMark decision={word.decision} until={word.until} />
                {word.signedAt ? (
                  <span className="text-xs text-ink-muted">
                    signed off <RelativeTime at={word.signedAt} />
                  </span>
                ) : null}
                {word.note ? <span className="w-full max-w-[72ch] text-ink-muted">{word.note}</span> : null}
              </li>
            ))}
          </ul>
        </Fact>
      ) : null}
      {history.length > 0 ? (
        <section aria-label="What was done" className="border-b px-4 py-3 text-sm md:px-5">
          <details>
            <summary className="cursor-pointer">
              <History className="mr-1.5 inline size-3.5 text-ink-muted" aria-hidden />
              What was done with it: {history.length}
            </summary>
            <ol className="mt-1">
              {history.map((act) => (
                <li
                  key={`${act.at} ${act.kind} ${act.says}`}
                  className={cn('border-b py-1 last:border-b-0', act.isUndone && 'text-ink-muted line-through')}
                >
                  {act.says}{' '}
                  <span className="text-xs text-ink-muted">
                    {act.by}, <RelativeTime at={act.at} />
                    {act.together > 1 ? `, together with ${act.together - 1} others` : ''}
                    {act.isUndone ? ', taken back' : ''}
                  </span>
                </li>
              ))}
            </ol>
          </details>
        </section>
      ) : null}
    </>
  )
}

/** Shaped like what comes. */
export function EvidenceSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4 px-4 py-3 md:px-5">
      <Skeleton className="h-4 w-60" />
      <Skeleton className="h-6 w-80 max-w-full" />
      <Skeleton className="h-16" />
      {[0, 1, 2, 3].map((each) => (
        <div key={each} className="flex flex-col gap-1.5">
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-12" />
        </div>
      ))}
    </div>
  )
}
