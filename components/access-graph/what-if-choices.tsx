'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { RelativeTime } from '@/components/ui/relative-time'
import { Select } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { formatCount, formatDate, formatNumber } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { sentenceOf } from './explore-words'
import type { HeldKey, useKnownParts } from './use-known-parts'
import { useWhatIf } from './use-what-if'
import type { Changes } from './what-if-address'
import { lifetimesOf } from './what-if-lifetimes'
import { LowerSelect } from './what-if-lower'

interface WhatIfChoicesProps {
  known: ReturnType<typeof useKnownParts>
  changes: Changes
}

const firstShown = 8
const row = 'flex min-h-row flex-wrap items-center gap-x-3 gap-y-1 border-b py-1 last:border-b-0'

/** What can be thought away: its credentials, and the steps that most of its ways go through. */
export function WhatIfChoices({ known, changes }: WhatIfChoicesProps) {
  const [isAll, setIsAll] = useState(false)
  const { keys, candidates, paths, total, isPending, error } = known
  if (isPending) {
    return (
      <div aria-busy className="flex flex-col gap-4">
        <Skeleton className="w-1/3" />
        <Skeleton className="w-4/5" />
        <Skeleton className="w-3/5" />
        <Skeleton className="w-4/5" />
      </div>
    )
  }
  if (error) return <p className="text-sm text-ink-muted">What can be changed could not be loaded: {error.message}</p>
  const shown = isAll ? candidates : candidates.slice(0, firstShown)
  return (
    <>
      <div>
        <h3 className="text-sm font-medium">Its credentials</h3>
        {keys.length === 0 ? (
          <p className="text-sm text-ink-muted">No credential of its own is known.</p>
        ) : (
          <ul aria-label="Its credentials" className="flex flex-col">
            {keys.map((key) => (
              <KeyChoice key={key.id} credential={key} changes={changes} />
            ))}
          </ul>
        )}
      </div>
      <div>
        <h3 className="text-sm font-medium">Steps that most ways go through</h3>
        <p className="text-xs text-ink-muted">
          {paths < total
            ? `Of the first ${formatNumber(paths)} of ${formatCount(total, 'way')}, the strongest privileges first.`
            : `Of all its ${formatCount(total, 'way')}.`}
        </p>
        {candidates.length === 0 ? (
          <p className="mt-1 text-sm text-ink-muted">There is no step to cut: it reaches nothing.</p>
        ) : (
          <ul aria-label="Steps" className="flex flex-col">
            {shown.map(({ step, edgeId, paths: through }) => {
              const sentence = sentenceOf([step]).replace(/\.$/, '')
              return (
                <li key={edgeId} className={row}>
                  <CutBox id={edgeId} kind="cutEdge" label={sentence} changes={changes} />
                  <span className="flex min-w-0 flex-1 basis-60 flex-col gap-0.5">
                    <span aria-hidden className="break-words">
                      {sentence}
                    </span>
                    <span className="flex items-center gap-3 text-xs text-ink-muted">
                      <BasisLine basis={step.basis} />
                      <span className="tabular">
                        on {formatCount(through, 'way')}
                        {paths < total ? ` of the ${formatNumber(paths)} looked at` : ''}
                      </span>
                    </span>
                  </span>
                  <LowerSelect step={step} />
                </li>
              )
            })}
          </ul>
        )}
        {candidates.length > firstShown ? (
          <Button variant="ghost" size="sm" className="mt-1 -ml-2" onClick={() => setIsAll(!isAll)}>
            {isAll ? `Show the first ${firstShown}` : `Show all ${formatNumber(candidates.length)}`}
          </Button>
        ) : null}
      </div>
    </>
  )
}

interface CutBoxProps {
  id: string
  kind: 'cutEdge' | 'cutCredential'
  label: string
  changes: Changes
}

function CutBox({ id, kind, label, changes }: CutBoxProps) {
  const { add, remove } = useWhatIf()
  const isCut = (kind === 'cutEdge' ? changes.cutEdges : changes.cutCredentials).includes(id)
  return (
    <Checkbox
      label={`Cut: ${label}`}
      checked={isCut}
      onCheckedChange={(isOn) => (isOn ? add({ kind, id }) : remove(id))}
    />
  )
}

const asIs = 'as it is'

function KeyChoice({ credential, changes }: { credential: HeldKey; changes: Changes }) {
  const { add, remove } = useWhatIf()
  const now = useNow()
  const { id, name, expiresAt, neverExpires, lastUsedAt } = credential
  const chosen = changes.shorten.find(({ credentialId }) => credentialId === id)?.expiresAt
  const ends = lifetimesOf(now, expiresAt, chosen)
  const isListed = !chosen || ends.some(({ at }) => at === chosen)
  return (
    <li className={row}>
      <CutBox id={id} kind="cutCredential" label={`credential ${name}`} changes={changes} />
      <span className="min-w-0 flex-1 basis-40 break-words">{name}</span>
      <ExpiryText expiresAt={neverExpires ? null : (expiresAt ?? undefined)} className="text-xs" />
      <span className="text-xs text-ink-muted">
        {lastUsedAt === null ? (
          'never used'
        ) : lastUsedAt === undefined ? (
          'use not known'
        ) : (
          <>
            used <RelativeTime at={lastUsedAt} />
          </>
        )}
      </span>
      {ends.length > 0 ? (
        <Select
          label={`When ${name} ends`}
          className="w-40 max-sm:ml-7"
          value={chosen ?? asIs}
          options={[
            { value: asIs, label: 'Ends as it does' },
            ...(isListed || !chosen ? [] : [{ value: chosen, label: `Ends ${formatDate(chosen)}` }]),
            ...ends.map(({ days, at }) => ({ value: at, label: `Ends in ${formatCount(days, 'day')}` })),
          ]}
          onValueChange={(value) => (value === asIs ? remove(id) : add({ kind: 'shorten', id, expiresAt: value }))}
        />
      ) : null}
    </li>
  )
}
