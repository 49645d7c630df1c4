import { cn } from '@/components/ui/class-names'

interface ChoiceCardProps {
  /** Of the radio group. */
  name: string
  title: string
  says: string
  isChosen: boolean
  onChoose: () => void
}

/** One of a few ways to go on, with what it means. */
export function ChoiceCard({ name, title, says, isChosen, onChoose }: ChoiceCardProps) {
  return (
    <label
      className={cn(
        'grid cursor-pointer grid-cols-[1rem_minmax(0,1fr)] items-start gap-x-2.5 rounded-md border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-accent',
        isChosen ? 'border-accent-ink bg-accent-wash' : 'bg-raised hover:bg-hover',
      )}
    >
      <input
        type="radio"
        name={name}
        checked={isChosen}
        onChange={onChoose}
        className="mt-0.5 size-4 accent-(--accent)"
      />
      <span className="text-sm">
        <span className="font-medium">{title}</span>
        <span className="block text-ink-muted">{says}</span>
      </span>
    </label>
  )
}
