import { ArrowRight } from 'lucide-react'

export interface DemoPerson {
  email: string
  role: string
  /** What this role is good for, in a few words. */
  sees: string
}

export interface DemoSignInsProps {
  people: DemoPerson[]
  isDisabled: boolean
  onChoose: (person: DemoPerson) => void
}

/** The demo organization's people, one for each role; a click signs in as that person. */
export function DemoSignIns({ people, isDisabled, onChoose }: DemoSignInsProps) {
  return (
    <section aria-label="Demo sign-ins" className="border-t pt-4">
      <h2 className="text-sm font-medium">This is a demo. Come in as</h2>
      <ul className="mt-1.5">
        {people.map((person) => (
          <li key={person.email} className="border-t first:border-t-0">
            <button
              type="button"
              disabled={isDisabled}
              onClick={() => onChoose(person)}
              className="group grid h-row w-full grid-cols-[5rem_1fr_auto] items-center gap-2 px-1 text-left hover:bg-hover disabled:opacity-50"
            >
              <span className="text-sm font-medium">{person.role}</span>
              <span className="truncate text-xs text-ink-muted">{person.sees}</span>
              <ArrowRight aria-hidden className="size-3.5 text-ink-faint group-hover:text-accent-ink" />
              <span className="sr-only">({person.email})</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
