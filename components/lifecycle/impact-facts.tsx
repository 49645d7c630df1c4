import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { identityHref } from '@/lib/identities/rules'
import type { ImpactTarget } from '@/lib/lifecycle/schema'
import { formatCount } from '@/lib/platform/browser/format'

/** What hangs on one target: who answers for it, who is signed in now, where its secret is kept, and when it was last used. */
export function ImpactFacts({ target }: { target: ImpactTarget }) {
  const { sessions, sessionsSay, stores, storeCount, sightingCount, owner, environment, lastUsedAt, neverUsed } = target
  const { granted, copies, twin } = target
  const handed = copies.filter(({ title }) => !stores.some(({ name }) => name === title))
  return (
    <DescriptionList
      items={[
        {
          term: 'Source',
          detail: (
            <span className="flex flex-wrap items-center gap-x-2">
              <SystemTag system={target.system} label={target.connectionName ?? target.systemTitle} />
              <EnvironmentTag environment={environment ?? undefined} />
            </span>
          ),
        },
        { term: 'Answers for it', detail: owner ?? <Muted>nobody</Muted> },
        {
          term: 'Last used',
          detail: <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} hasDate />,
        },
        {
          term: 'Signed in now',
          detail: sessions ? <Sessions sessions={sessions} /> : <Muted>{sessionsSay ?? 'not known'}</Muted>,
        },
        ...(twin
          ? [
              {
                term: 'Used in turn with',
                detail: (
                  <>
                    <Link href={identityHref(twin.identityId)} className="text-accent-ink underline underline-offset-2">
                      {twin.name}
                    </Link>
                    <Muted>{twin.isInUse ? ', which is in use now' : ', which is idle now'}</Muted>
                  </>
                ),
              },
            ]
          : []),
        ...(granted
          ? [{ term: 'Granted to it', detail: grantedWords(granted) ?? <Muted>nothing that is known</Muted> }]
          : []),
        {
          term: 'Secret kept in',
          detail:
            stores.length > 0 ? (
              <>
                {stores.map(({ name }) => name).join(', ')}
                {storeCount > stores.length ? ` and ${storeCount - stores.length} more` : ''}
              </>
            ) : (
              <Muted>no place that is known</Muted>
            ),
        },
        ...(handed.length > 0
          ? [
              {
                term: 'Handed over to',
                detail: (
                  <ul className="flex flex-col gap-0.5">
                    {handed.map(({ title, isReadable }) => (
                      <li key={title} className="break-words">
                        {title}{' '}
                        <Muted>{isReadable ? 'is looked at afterwards' : 'cannot be looked at from here'}</Muted>
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]
          : []),
        {
          term: 'Seen in the open',
          detail: sightingCount > 0 ? formatCount(sightingCount, 'place') : <Muted>nowhere that is known</Muted>,
        },
      ]}
    />
  )
}

function grantedWords({ groups, groupCount, rights }: NonNullable<ImpactTarget['granted']>): string | null {
  const shown = groups.slice(0, 5).join(', ')
  const more = groupCount > 5 ? ` and ${groupCount - 5} more` : ''
  const parts = [
    ...(groupCount > 0 ? [`member of ${shown}${more}`] : []),
    ...(rights > 0 ? [`${formatCount(rights, 'right')} of its own`] : []),
  ]
  return parts.length > 0 ? parts.join(', ') : null
}

function Sessions({ sessions }: { sessions: NonNullable<ImpactTarget['sessions']> }) {
  const { count, shown, blindSpots } = sessions
  return (
    <div className="flex flex-col gap-1">
      <span className={count > 0 ? 'font-medium text-warning-ink' : undefined}>
        {count === 0 ? 'nobody' : formatCount(count, 'open session')}
      </span>
      {shown.length > 0 ? (
        <ul className="flex flex-col gap-0.5 text-xs">
          {shown.map(({ program, from, since }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sessions have no id, and two may be alike
            <li key={index} className="flex flex-wrap gap-x-2">
              <span className="font-medium">{program ?? 'a program that gives no name'}</span>
              {from ? <span className="font-mono">{from}</span> : null}
              {since ? (
                <span className="text-ink-muted">
                  since <SinceTime at={since} />
                </span>
              ) : null}
            </li>
          ))}
          {count > shown.length ? <li className="text-ink-muted">and {count - shown.length} more</li> : null}
        </ul>
      ) : null}
      {blindSpots ? <span className="text-xs text-ink-muted">{blindSpots}</span> : null}
    </div>
  )
}

/** Sources write times in forms of their own: one that is no date stands as it is. */
function SinceTime({ at }: { at: string }) {
  return Number.isNaN(Date.parse(at)) ? at : <RelativeTime at={at} />
}

function Muted({ children }: { children: string }) {
  return <span className="text-ink-muted">{children}</span>
}

/** Why a target is refused, each with what to do. */
export function ImpactProblems({ target }: { target: ImpactTarget }) {
  if (target.problems.length === 0) return null
  return (
    <Alert
      tone="danger"
      title="This cannot be done from here"
      actions={
        <Link href={`/runs?identity=${target.identityId}`} className="text-accent-ink underline underline-offset-2">
          Its runs
        </Link>
      }
    >
      {target.problems.map(({ kind, says }) => (
        <p key={kind}>{says}</p>
      ))}
    </Alert>
  )
}
