import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Badge } from '@/components/ui/badge'
import { DescriptionList } from '@/components/ui/description-list'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import type { FoundCredential, FoundCredentials } from '@/lib/identities/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { CredentialHolder } from './credential-columns'
import { CredentialState } from './credential-state'

interface LookupResultProps {
  found: FoundCredentials
  onLeave: () => void
}

/** What a look-up found: nothing, one credential, or several; and where else the same secret was seen. */
export function LookupResult({ found, onLeave }: LookupResultProps) {
  const { items, hasMore, sightings } = found
  const certainty = items[0]?.certainty
  return (
    <section aria-label="Found" aria-live="polite" className="flex flex-col gap-3 border-t pt-3">
      <p className="text-sm font-medium">{sentenceOf(found)}</p>
      {items.length === 0 ? (
        <p className="text-sm text-ink-muted">
          It may be a key that no import has told of, one whose fingerprint its source does not give, or one that is not
          yours to see. Try its last four characters, or ask your security team.
        </p>
      ) : null}
      {certainty === 'possible' ? (
        <Alert tone="notice">Only the last four characters agree. Compare type and place before you act on it.</Alert>
      ) : null}
      <ul className="flex flex-col gap-3">
        {items.map((item) => (
          <li key={item.credential.id} className="rounded-md border px-3 py-2">
            <Found item={item} onLeave={onLeave} />
          </li>
        ))}
      </ul>
      {hasMore ? <p className="text-sm text-ink-muted">There are more; only the first 50 are listed.</p> : null}
      {sightings.length > 0 ? (
        <div>
          <h3 className="mb-1 text-sm font-medium">The same secret was seen in</h3>
          <ul className="flex flex-col gap-1 text-sm">
            {sightings.map((sighting) => (
              <li key={sighting.id} className="flex flex-wrap items-center gap-x-2">
                <SystemTag system={sighting.source.system} label={sighting.source.name} />
                <span className="min-w-0 break-words">
                  {sighting.place} <span className="font-mono text-xs">{sighting.name}</span>
                  {sighting.about ? <span className="text-ink-muted"> of {sighting.about.ref}</span> : null}
                  <span className="text-ink-muted"> since {sighting.firstSeenAt.slice(0, 10)}</span>
                  {sighting.validity === 'valid' ? <span className="text-warning-ink"> still works</span> : null}
                  {sighting.validity === 'invalid' ? (
                    <span className="text-ink-muted"> does not work any more</span>
                  ) : null}
                </span>
                <span className="text-xs text-ink-muted">
                  {sighting.isGone ? 'no longer there' : <RelativeTime at={sighting.lastSeenAt} />}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  )
}

function sentenceOf({ items, sightings }: FoundCredentials): string {
  const [first] = items
  if (!first) return sightings.length > 0 ? 'No credential, but the same secret was seen.' : 'Nothing that you may see.'
  if (items.length > 1)
    return `${formatCount(items.length, 'credential')} ${first.certainty === 'exact' ? 'have this secret' : 'end like this'}.`
  const holder = first.credential.identity?.name ?? first.credential.human?.name ?? 'something unknown'
  return first.certainty === 'exact' ? `It opens ${holder}.` : `It may open ${holder}.`
}

function Found({ item, onLeave }: { item: FoundCredential; onLeave: () => void }) {
  const now = useNow()
  const { credential, owners } = item
  const search = new URLSearchParams({ tab: 'credentials', q: credential.name, selected: credential.id })
  return (
    <DescriptionList
      items={[
        {
          term: 'Credential',
          detail: (
            <span className="flex flex-wrap items-center gap-2">
              <CredentialType type={credential.type} />
              <Link
                href={`/inventory?${search}`}
                onClick={onLeave}
                className="min-w-0 break-all text-accent-ink underline"
              >
                {credential.name}
              </Link>
              <CredentialState credential={credential} nowMs={now} />
            </span>
          ),
        },
        {
          term: 'Opens',
          detail: (
            // The link inside leads away from the dialog.
            // biome-ignore lint/a11y/noStaticElementInteractions: the link is the control; this only hears that it was followed
            // biome-ignore lint/a11y/useKeyWithClickEvents: following a link by keyboard clicks it too
            <span onClick={onLeave}>
              <CredentialHolder credential={credential} />
            </span>
          ),
        },
        {
          term: 'Owners',
          detail:
            owners.length > 0 ? (
              <span className="flex flex-wrap gap-1">
                {owners.map((owner) => (
                  <Badge
                    key={`${owner.duty} ${owner.ownerKey}`}
                    form={owner.state === 'confirmed' ? 'solid' : 'outlined'}
                  >
                    {owner.label}
                    {owner.state === 'suggested' ? ' (suggested)' : ''}
                  </Badge>
                ))}
              </span>
            ) : (
              'nobody'
            ),
        },
        {
          term: 'Last used',
          detail: <RelativeTime at={credential.lastUsedAt ?? (credential.neverUsed ? null : undefined)} hasDate />,
        },
        { term: 'Source', detail: <SystemTag system={credential.source.system} label={credential.source.name} /> },
      ]}
    />
  )
}
