'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { departureQuery, type Leaver } from '@/lib/ownership/queries'
import { askedWords } from '@/lib/ownership/rules'
import type { Departure } from '@/lib/ownership/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { OwnerPicker } from '../identities/owner-picker'
import { Alert } from '../ui/alert'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { Refusal } from '../ui/refusal'

export interface DepartureChoice {
  handOverTo?: string
  reason?: string
}

export interface DepartureDialogProps {
  orgId: string
  leaver: Leaver
  title: string
  confirmLabel: string
  /** The words to type before the button works. */
  typedPhrase?: string
  /** What else follows. */
  consequences: string[]
  onClose: () => void
  onConfirm: (choice: DepartureChoice) => Promise<unknown>
}

const identities = (n: number) => formatCount(n, 'identity', 'identities')

/** Shows what follows when somebody leaves before they do, and asks who takes over, or why nobody does. */
export function DepartureDialog(props: DepartureDialogProps) {
  const { orgId, leaver, title, confirmLabel, typedPhrase, consequences, onClose, onConfirm } = props
  const { data, error, refetch } = useQuery(departureQuery(orgId, leaver))
  const [owner, setOwner] = useState<{ key: string; label: string }>()
  const [reason, setReason] = useState('')
  const mustSay = data !== undefined && (data.unowned > 0 || data.emptyTeams.length > 0)
  const needsReason = mustSay && !(owner && data.emptyTeams.length === 0)
  const confirm = async () => {
    // Pressed before it was worked out what would follow: nothing is done unseen.
    const found = data ?? (await refetch()).data
    if (!found) throw new Error('It could not be worked out what would follow.')
    const isUnseen = !data && (found.unowned > 0 || found.emptyTeams.length > 0)
    if (isUnseen) throw new Error('Look at what would follow, then decide.')
    if (needsReason && !reason.trim()) throw new Error('Hand them over, or say why they may stay without an owner.')
    await onConfirm({ ...(owner && { handOverTo: owner.key }), ...(reason.trim() && { reason: reason.trim() }) })
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      confirmLabel={confirmLabel}
      tone="danger"
      typedPhrase={typedPhrase}
      onConfirm={confirm}
    >
      <ul className="flex list-disc flex-col gap-1 pl-4">
        {consequences.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div className="flex min-h-14 flex-col gap-3" aria-live="polite" aria-busy={!data}>
        {error ? <Refusal what="consequences" error={error} onRetry={() => void refetch()} /> : null}
        {!data && !error ? <p className="text-ink-muted">Working out what would follow…</p> : null}
        {data ? <Consequences departure={data} /> : null}
        {mustSay ? (
          <>
            <div>
              <p className="mb-1 font-medium">Hand over to</p>
              <OwnerPicker orgId={orgId} value={owner} onChange={setOwner} except={data?.cannotTakeOver} />
            </div>
            <Field label={needsReason ? 'Or why they may stay without an owner' : 'Reason'} isRequired={needsReason}>
              <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
            </Field>
          </>
        ) : null}
      </div>
    </ConfirmDialog>
  )
}

function Consequences({ departure }: { departure: Departure }) {
  const { label, ended, unowned, samples, tasks, emptyTeams, secrets, unknown, isLastAdmin } = departure
  return (
    <>
      {isLastAdmin ? (
        <Alert tone="danger">
          {label} is the last active administrator. Make somebody else an administrator first.
        </Alert>
      ) : null}
      {unowned > 0 ? (
        <Alert tone="warning" title={`Nobody else answers for ${identities(unowned)}`}>
          {samples.map(({ name }) => name).join(', ')}
          {unowned > samples.length ? ` and ${unowned - samples.length} more` : ''}.
          {tasks.map(({ to, identities: n }) => (
            <span key={to ?? ''} className="block">
              Asked to take over {identities(n)}: {askedWords(to)}.
            </span>
          ))}
        </Alert>
      ) : (
        <p>
          {ended > 0
            ? `${formatCount(ended, 'ownership')} of ${label} will end; others answer for these identities too.`
            : `${label} owns nothing.`}
        </p>
      )}
      {emptyTeams.map((team) => (
        <Alert key={team.name} tone="warning">
          The team {team.name} would have no active member; it owns {identities(team.identities)}.
        </Alert>
      ))}
      {secrets + unknown > 0 ? (
        <p>
          {label} could have read {formatCount(secrets, 'secret')}
          {unknown > 0 ? `, and ${formatCount(unknown, 'place')} of unknown content` : ''}. They are listed with the
          tasks.
        </p>
      ) : null}
    </>
  )
}
