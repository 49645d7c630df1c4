import { CodeBlock } from '@/components/ui/code'
import { DescriptionList } from '@/components/ui/description-list'
import { credentialTypeLabels } from '@/components/ui/marks/credential-type'
import type { LiveSystem } from '@/lib/connections/live'
import { formatDuration } from '@/lib/platform/browser/format'

/** Says honestly what a connector was held against. */
export function evidenceWords(evidence: LiveSystem['evidence']): string {
  return evidence === 'real' ? 'Verified against a real server' : 'Verified against recorded answers'
}

/** The least rights that suffice, to run or paste at the source. */
export function Instructions({ system }: { system: LiveSystem }) {
  return (
    <div className="grid gap-x-6 gap-y-4 lg:grid-cols-2">
      {system.instructions.map(({ title, text }) => (
        <div key={title} className="flex min-w-0 flex-col gap-1.5">
          <h3 className="text-sm font-medium">{title}</h3>
          <CodeBlock code={text} label={title} />
        </div>
      ))}
    </div>
  )
}

/** What revoking really does at a system: one card for identities, and one for each type of credential. */
export function SemanticsCards({ system }: { system: LiveSystem }) {
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
      {Object.entries(system.semantics).map(([subject, card]) => (
        <div key={subject} className="min-w-0">
          <h3 className="mb-1 text-sm font-medium">{subjectWords(subject)}</h3>
          <DescriptionList
            items={[
              { term: 'Disable', detail: card.disable },
              { term: 'Delete', detail: card.delete },
              { term: 'Open sessions', detail: card.openSessions.says },
              { term: 'Still works', detail: residual(card.residualSeconds) },
              { term: 'New logins', detail: refusal(card.refusedWithinSeconds) },
              { term: 'Enabling again', detail: card.enablingRevives.says },
              { term: 'Two secrets', detail: card.twoSecrets.says },
              { term: 'Undo', detail: card.undo },
            ]}
          />
        </div>
      ))}
    </div>
  )
}

/** Whether a sync reads what changed or everything, how the source tells, and what only everything shows. */
export function ReadingWords({ reading: { changesOnly, says, unseen } }: Pick<LiveSystem, 'reading'>) {
  return (
    <div className="flex max-w-prose flex-col gap-1 text-sm">
      <p>{changesOnly ? 'What changed, and once a day everything.' : 'Everything, each time.'}</p>
      <p className="text-ink-muted">{says}</p>
      {unseen === null ? null : <p className="text-ink-muted">Found only when everything is read: {unseen}.</p>}
    </div>
  )
}

const labels: Record<string, string> = credentialTypeLabels

function subjectWords(subject: string): string {
  if (subject === 'identity') return 'The identity'
  const label = labels[subject] ?? subject
  return `Its ${/^[A-Z]{2}/.test(label) ? label : label.toLowerCase()}`
}

const refusal = (seconds: number) =>
  seconds === 0 ? 'refused at once' : `refused within ${formatDuration(seconds * 1000)}`

function residual(seconds: number | null): string {
  if (seconds === null) return 'without end, until its sessions are ended'
  return seconds === 0 ? 'not after its sessions are ended' : `for ${formatDuration(seconds * 1000)}`
}
