import Link from 'next/link'
import { DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { identityHref } from '@/lib/identities/rules'
import type { RunDetail } from '@/lib/lifecycle/schema'
import { stateLabels } from './run-words'

/** Whose it is, who asked, and which secrets are held meanwhile. */
export function RunFacts({ run }: { run: RunDetail }) {
  const { identity, twin, credential, connection, held, state, orderId, createdAt, endedAt, isEmergency } = run
  return (
    <DescriptionList
      items={[
        { term: 'State', detail: stateLabels[state] },
        { term: 'Identity', detail: <To href={identityHref(identity.id)}>{identity.name}</To> },
        ...(credential
          ? [
              {
                term: 'Credential',
                detail: (
                  <To href={`${identityHref(identity.id, 'credentials')}&selected=${credential.id}`}>
                    {credential.name}
                  </To>
                ),
              },
            ]
          : []),
        ...(twin ? [{ term: 'Takes over', detail: <To href={identityHref(twin.id)}>{twin.name}</To> }] : []),
        { term: 'Connection', detail: <To href={`/connections/${connection.id}`}>{connection.name}</To> },
        { term: 'Order', detail: <To href={`/orders/${orderId}`}>What was asked for, and who agreed</To> },
        { term: 'Asked for', detail: <RelativeTime at={createdAt} hasTime /> },
        ...(endedAt ? [{ term: 'Ended', detail: <RelativeTime at={endedAt} hasTime /> }] : []),
        { term: 'Queue', detail: isEmergency ? 'before all planned work' : 'with planned work' },
        {
          term: 'Secrets held',
          detail:
            held.length > 0 ? (
              <ul className="flex flex-col gap-0.5">
                {held.map(({ purpose, says }) => (
                  <li key={purpose}>{says}</li>
                ))}
              </ul>
            ) : (
              <span className="text-ink-muted">none</span>
            ),
        },
      ]}
    />
  )
}

function To({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="break-words text-accent-ink underline-offset-2 hover:underline">
      {children}
    </Link>
  )
}
