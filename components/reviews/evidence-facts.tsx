import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { DescriptionList } from '@/components/ui/description-list'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { RelativeTime } from '@/components/ui/relative-time'
import { formatCount, formatNumber, formatWord } from '@/lib/platform/browser/format'
import type { Evidence } from '@/lib/reviews/evidence'
import type { ReviewItemDetail } from '@/lib/reviews/items'
import { DecisionMark } from './decision-mark'

/** One question that a reviewer has, and what was frozen of the answer. */
export function Fact({ title, detail, children }: { title: string; detail?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-b px-4 py-3 last:border-b-0 md:px-5">
      <div className="mb-1 flex flex-wrap items-baseline gap-x-2">
        <h3 className="text-sm font-medium">{title}</h3>
        {detail ? <span className="text-xs text-ink-muted">{detail}</span> : null}
      </div>
      <div className="text-sm">{children}</div>
    </section>
  )
}

export function Unknown({ children = 'unknown' }: { children?: ReactNode }) {
  return <span className="text-ink-muted italic">{children}</span>
}

function Lines({ lines, none, tone }: { lines: readonly string[]; none: ReactNode; tone?: 'warning' }) {
  if (lines.length === 0) return <p>{none}</p>
  return (
    <ul className="flex max-w-[72ch] flex-col gap-0.5">
      {lines.map((line) => (
        <li key={line} className={cn('flex gap-1.5', tone === 'warning' && 'text-warning-ink')}>
          {tone === 'warning' ? (
            <TriangleAlert className="mt-1 size-3.5 shrink-0" aria-hidden />
          ) : (
            <span aria-hidden className="mt-2 size-1 shrink-0 rounded-full bg-line-strong" />
          )}
          <span className="min-w-0 break-words">{line}</span>
        </li>
      ))}
    </ul>
  )
}

export function AccessFact({ item }: { item: ReviewItemDetail }) {
  const { grants, grantCount } = item.evidence.access
  return (
    <Fact
      title="What it may do"
      detail={<PrivilegeMark privilege={item.evidence.access.privilege ?? undefined} hasLabel />}
    >
      <Lines
        lines={item.says.access}
        none={<Unknown>No access is known of it, which is not the same as none.</Unknown>}
      />
      {grants.length > 0 ? (
        <details className="mt-2">
          <summary className="cursor-pointer text-accent-ink">
            {grantCount > grants.length
              ? `${grants.length} of ${formatNumber(grantCount)} grants, the mightiest first`
              : formatCount(grants.length, 'grant')}
          </summary>
          <ul className="mt-1 flex flex-col">
            {grants.map((grant) => (
              <GrantLine key={grant.entitlementId} grant={grant} />
            ))}
          </ul>
        </details>
      ) : null}
    </Fact>
  )
}

function GrantLine({ grant }: { grant: Evidence['access']['grants'][number] }) {
  const { to, toKind, privilege, scopes, scopeCount, isAllow, condition, expiresAt, lastUsedAt } = grant
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 border-b py-1 last:border-b-0">
      <PrivilegeMark privilege={privilege ?? undefined} />
      <span className="min-w-0 font-mono text-xs break-all">{to}</span>
      <span className="text-xs text-ink-muted">{formatWord(toKind)}</span>
      {isAllow ? null : <span className="text-xs text-ink-muted">denied</span>}
      {scopes.length > 0 ? (
        <span className="w-full font-mono text-xs break-words text-ink-muted">
          {scopes.join(', ')}
          {scopeCount > scopes.length ? ` and ${formatNumber(scopeCount - scopes.length)} more` : ''}
        </span>
      ) : null}
      <span className="w-full text-xs text-ink-muted">
        {lastUsedAt ? (
          <>
            used <RelativeTime at={lastUsedAt} />
          </>
        ) : (
          'use unknown'
        )}
        {expiresAt ? (
          <>
            , <ExpiryText expiresAt={expiresAt} />
          </>
        ) : null}
        {condition ? `, only if ${condition}` : ''}
      </span>
    </li>
  )
}

export function OwnersFact({ evidence: { owners, identity } }: { evidence: Evidence }) {
  return (
    <Fact title="Who answers for it, and what for">
      <DescriptionList
        items={[
          {
            term: 'Owners',
            detail:
              owners.length === 0
                ? 'Nobody'
                : owners.map(({ key, label, duty, state }) => (
                    <span key={`${key} ${duty}`} className="block">
                      {label}{' '}
                      <span className="text-ink-muted">
                        {formatWord(duty)}
                        {state === 'confirmed' ? '' : `, ${formatWord(state)}`}
                      </span>
                    </span>
                  )),
          },
          { term: 'Purpose', detail: identity.purpose },
          { term: 'Criticality', detail: identity.criticality },
          {
            term: 'Made',
            detail: identity.issuedAt ? <RelativeTime at={identity.issuedAt} hasDate /> : undefined,
          },
        ]}
      />
    </Fact>
  )
}

export function UsageFact({ item }: { item: ReviewItemDetail }) {
  const { reach, usage } = item.evidence
  return (
    <Fact title="Is it used, and how far does it reach">
      <p className="max-w-[72ch]">{item.says.usage}</p>
      {usage.where ? <p className="max-w-[72ch] text-ink-muted">Last from {usage.where}.</p> : null}
      <p className="mt-1 max-w-[72ch]">{reach ? item.says.reach : <Unknown>Its reach is not worked out.</Unknown>}</p>
    </Fact>
  )
}

export function CredentialsFact({ item }: { item: ReviewItemDetail }) {
  const { held, count } = item.evidence.credentials
  return (
    <Fact title="Its secrets" detail={count > held.length ? `the ${held.length} oldest of ${count}` : undefined}>
      <p className="max-w-[72ch]">{item.says.credentials}</p>
      {held.length > 0 ? (
        <ul className="mt-1 flex flex-col">
          {held.map((each) => (
            <li key={each.id} className="flex flex-wrap items-baseline gap-x-3 border-b py-1 last:border-b-0">
              <span className="min-w-0 break-all">{each.name}</span>
              <span className="text-xs text-ink-muted">{formatWord(each.type)}</span>
              <span className="text-xs text-ink-muted">
                made {each.issuedAt ? <RelativeTime at={each.issuedAt} /> : <Unknown>at an unknown time</Unknown>}, used{' '}
                {each.neverUsed ? 'never' : each.lastUsedAt ? <RelativeTime at={each.lastUsedAt} /> : <Unknown />},{' '}
                <ExpiryText expiresAt={each.neverExpires ? null : (each.expiresAt ?? undefined)} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </Fact>
  )
}

export function ChangesFact({ item }: { item: ReviewItemDetail }) {
  const { previous, changes } = item.evidence
  return (
    <Fact title="What changed since the last review">
      {previous ? (
        <p className="flex flex-wrap items-center gap-x-2">
          <DecisionMark decision={previous.outcome} form="done" />
          <span className="text-ink-muted">
            {previous.by ? `by ${previous.by}, ` : ''}
            <RelativeTime at={previous.at} /> in{' '}
            <Link
              href={`/reviews/${previous.campaignId}?tab=items&item=${previous.item}`}
              className="text-accent-ink hover:underline"
            >
              {previous.campaign}
            </Link>
          </span>
        </p>
      ) : (
        <p>It was never reviewed before.</p>
      )}
      {previous && changes ? <Lines lines={changes} none="Nothing has changed since." /> : null}
      {previous && !changes ? <Unknown>What changed since is not known.</Unknown> : null}
    </Fact>
  )
}

export function RiskFacts({ item }: { item: ReviewItemDetail }) {
  const { problems } = item.evidence
  return (
    <>
      <Fact title="What stops if it is revoked">
        <Lines
          lines={item.says.stops}
          none={<Unknown>Nothing is known that depends on it, which is not the same as nothing.</Unknown>}
        />
      </Fact>
      <Fact title="Open problems">
        <Lines lines={problems.map(({ says }) => says)} none="None by your organization’s rules." tone="warning" />
      </Fact>
      <Fact title="Others with the same access">
        {item.peers === null ? (
          <Unknown>Unknown, as its access is not known.</Unknown>
        ) : item.peers.count === 0 ? (
          'None in this campaign.'
        ) : (
          <span className="flex flex-wrap gap-x-3">
            {formatCount(item.peers.count, 'other')} in this campaign
            {Object.entries(item.peers.decided).map(([decision, count]) => (
              <span key={decision} className="inline-flex items-center gap-1">
                <DecisionMark decision={decision as 'certify'} form="done" /> {formatNumber(count)}
              </span>
            ))}
          </span>
        )}
      </Fact>
    </>
  )
}
