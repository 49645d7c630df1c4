import { Alert } from '@/components/ui/alert'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { formatDate } from '@/lib/platform/browser/format'
import type { Findings, Suspect } from './find-suspects'

interface EmergencySuspectsProps {
  findings: Findings
  chosen: Suspect | undefined
  onChoose: (suspect: Suspect) => void
}

/** What the clue may belong to: how sure that is, whose it is, who answers for it; and where else the same secret lies. */
export function EmergencySuspects({ findings, chosen, onChoose }: EmergencySuspectsProps) {
  const { suspects, places, hasMore, wasSecret } = findings
  return (
    <>
      <div>
        <h2 className="mb-2 text-base font-medium">{sentenceOf(findings)}</h2>
        {suspects.length === 0 ? (
          <p className="max-w-[72ch] text-sm text-ink-muted">
            It may be a key of which no source gives a fingerprint, or one that is not yours to see. Try its last four
            characters{wasSecret ? '' : ', or another part of the name'}
            {wasSecret ? ', or the name of what it opens' : ''}.
          </p>
        ) : (
          <fieldset className="flex flex-col rounded-md border" aria-label="What it may belong to">
            {suspects.map((suspect) => (
              <Choice
                key={suspect.key}
                suspect={suspect}
                isChosen={suspect.key === chosen?.key}
                onChoose={() => onChoose(suspect)}
              />
            ))}
          </fieldset>
        )}
        {hasMore ? <p className="mt-1 text-sm text-ink-muted">There are more. Write more of the name.</p> : null}
      </div>
      {suspects[0]?.certainty === 'possible' ? (
        <Alert tone="notice">Only the last four characters agree. Compare type and place before you cut it off.</Alert>
      ) : null}
      {places.length > 0 ? (
        <div>
          <h3 className="mb-1 text-sm font-medium">The same secret was also seen in</h3>
          <ul className="flex flex-col gap-0.5 text-sm">
            {places.map(({ id, name, place, since, isGone }) => (
              <li key={id}>
                {place} <span className="font-mono text-xs">{name}</span>{' '}
                <span className="text-ink-muted">
                  since {formatDate(since)}
                  {isGone ? ', no longer there' : ''}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}

function sentenceOf({ suspects, places }: Findings): string {
  const [first, ...others] = suspects
  if (!first) return places.length > 0 ? 'No credential, but the same secret was seen.' : 'Nothing that you may see.'
  if (first.certainty === 'name')
    return others.length === 0 ? 'One thing is called so.' : `${suspects.length} are called so. Choose one.`
  if (others.length > 0)
    return `${suspects.length} credentials ${first.certainty === 'exact' ? 'have this secret' : 'end like this'}. Choose one.`
  return first.certainty === 'exact' ? `It opens ${first.holder}.` : `It may open ${first.holder}.`
}

const certaintyWords: Record<Suspect['certainty'], { word: string; form: 'solid' | 'outlined' }> = {
  exact: { word: 'this very key', form: 'solid' },
  possible: { word: 'ends alike', form: 'outlined' },
  name: { word: 'by its name', form: 'outlined' },
}

function Choice({ suspect, isChosen, onChoose }: { suspect: Suspect; isChosen: boolean; onChoose: () => void }) {
  const { holder, credential, kind, source, owners, certainty, lastUsedAt, neverUsed, identityId } = suspect
  const { word, form } = certaintyWords[certainty]
  return (
    <label
      className={cn(
        'grid cursor-pointer grid-cols-[1rem_minmax(0,1fr)] items-start gap-x-3 border-b px-3 py-2 last:border-b-0 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent',
        isChosen && 'bg-accent-wash',
        !identityId && 'cursor-not-allowed',
      )}
    >
      <input
        type="radio"
        name="suspect"
        checked={isChosen}
        disabled={!identityId}
        onChange={onChoose}
        className="mt-1 size-4 accent-(--accent)"
      />
      <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="inline-flex min-w-0 items-center gap-1.5 font-medium">
          {kind ? <IdentityKind kind={kind} /> : null}
          <span className="break-all">{holder}</span>
        </span>
        {credential ? (
          <span className="inline-flex min-w-0 items-center gap-1.5 text-ink-muted">
            <CredentialType type={credential.type} />
            <span className="break-all">{credential.name}</span>
            {credential.lastFour ? <span className="font-mono text-xs">…{credential.lastFour}</span> : null}
          </span>
        ) : (
          <span className="text-ink-muted">the whole identity</span>
        )}
        <SystemTag system={source.system} label={source.name} />
        <Badge form={form} tone={certainty === 'exact' ? 'warning' : 'quiet'}>
          {word}
        </Badge>
        <span className="text-ink-muted">
          {owners === null ? '' : `${owners.join(', ') || 'no owner'} · `}used{' '}
          <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} />
        </span>
        {identityId ? null : (
          <span className="basis-full text-xs text-ink-muted">
            It belongs to a person or to something that is not in the inventory. Cut it off at its source.
          </span>
        )}
      </span>
    </label>
  )
}
