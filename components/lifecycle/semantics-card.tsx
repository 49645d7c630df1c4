import { DoorClosed, Hourglass, KeyRound, type LucideIcon, RotateCcw, Trash2, Unplug } from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { type Tone, toneInk } from '@/components/ui/tone'
import type { Semantics } from '@/lib/lifecycle/values'
import { formatDuration } from '@/lib/platform/browser/format'

/** What cutting off really does at a system: six signs to look at, each with the sentence that says why. */
export function SemanticsCard({ semantics, system }: { semantics: Semantics; system: string }) {
  return (
    <section aria-label={`What it means at ${system}`}>
      <h3 className="mb-2 text-sm font-medium">What it means at {system}</h3>
      <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        {signsOf(semantics).map(({ icon: Icon, title, says, tone }) => (
          <li key={title} className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2">
            <Icon className={cn('mt-0.5 size-4', toneInk[tone])} aria-hidden />
            <div className="min-w-0">
              <p className="text-sm font-medium">{title}</p>
              <p className="text-xs text-ink-muted">{says}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface Sign {
  icon: LucideIcon
  title: string
  says: string
  tone: Tone
}

const lasting = (seconds: number) => formatDuration(seconds * 1000, Math.ceil)

function residualWords(seconds: number | null): string {
  if (seconds === 0) return 'Nothing is left that was issued before.'
  if (seconds === null) return 'Until it closes by itself, or is ended.'
  return 'It is counted down on the run’s page, and tried again when it is over.'
}

function signsOf(semantics: Semantics): Sign[] {
  const { refusedWithinSeconds, openSessions, residualSeconds, enablingRevives, undo } = semantics
  return [
    {
      icon: DoorClosed,
      title:
        refusedWithinSeconds === 0
          ? 'New logins are refused at once'
          : `New logins are refused within ${lasting(refusedWithinSeconds)}`,
      says: semantics.disable,
      tone: refusedWithinSeconds <= 60 ? 'good' : 'warning',
    },
    {
      icon: Unplug,
      title: openSessions.goOn ? 'Open sessions go on until they are ended' : 'Open sessions end too',
      says: openSessions.says,
      tone: openSessions.goOn ? 'warning' : 'good',
    },
    {
      icon: Hourglass,
      title:
        residualSeconds === null
          ? 'What was issued before may go on without end'
          : residualSeconds === 0
            ? 'Nothing goes on afterwards'
            : `What was issued before goes on for up to ${lasting(residualSeconds)}`,
      says: residualWords(residualSeconds),
      tone: residualSeconds === 0 ? 'good' : 'warning',
    },
    { icon: RotateCcw, title: 'The way back', says: undo, tone: 'quiet' },
    {
      icon: KeyRound,
      title: enablingRevives.does
        ? 'Switching it on again makes the old secret work'
        : 'Switching it on again does not bring the old secret back',
      says: enablingRevives.says,
      tone: enablingRevives.does ? 'warning' : 'good',
    },
    { icon: Trash2, title: 'Deleting it', says: semantics.delete, tone: 'quiet' },
  ]
}
