import { cn } from '@/components/ui/class-names'

interface ChoiceCardsProps<Value extends string> {
  /** Of the radio group. */
  name: string
  /** What is chosen, for assistive technology where a heading says it already. */
  legend: string
  isLegendShown?: boolean
  choices: readonly { value: Value; title: string; says: string }[]
  value: Value
  onChange: (value: Value) => void
  /** How the cards stand beside each other; below each other without it. */
  className?: string
}

/** A few ways to go on, of which one is chosen. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { name, legend, isLegendShown, choices, value, onChange, className } = props
  return (
    <fieldset>
      <legend className={isLegendShown ? 'mb-1 text-sm font-medium' : 'sr-only'}>{legend}</legend>
      <div className={cn('grid gap-2', className)}>
        {choices.map((each) => (
          <ChoiceCard
            key={each.value}
            name={name}
            title={each.title}
            says={each.says}
            isChosen={each.value === value}
            onChoose={() => onChange(each.value)}
          />
        ))}
      </div>
    </fieldset>
  )
}

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
