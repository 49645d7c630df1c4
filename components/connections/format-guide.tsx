import Link from 'next/link'
import { useId } from 'react'
import { cn } from '@/components/ui/class-names'
import { CodeBlock, SentenceWithCode } from '@/components/ui/code'
import { CopyButton } from '@/components/ui/copy-button'
import { DescriptionList } from '@/components/ui/description-list'
import type { FormatGuide } from '@/lib/connections/schema'
import { isCommand } from './format-words'

const coverageWords = {
  source:
    'One file is the whole truth about its source: what it no longer holds is shown as gone, after you have seen it in the preview.',
  file: 'One file is a part: only what the file of the same name held before can be gone.',
}

/** How files of one system are made, one of its formats at a time. */
export function FormatGuideView({
  formats,
  chosen,
  onChoose,
}: {
  formats: FormatGuide[]
  chosen: FormatGuide
  onChoose: (id: string) => void
}) {
  return (
    <div className="flex flex-col gap-4">
      {formats.length > 1 ? (
        <nav aria-label={`Formats of ${chosen.systemTitle}`} className="flex flex-wrap gap-1 border-b pb-2">
          {formats.map(({ id, title }) => (
            <Link
              key={id}
              href={`/import?format=${id}`}
              aria-current={id === chosen.id ? 'true' : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return
                event.preventDefault()
                onChoose(id)
              }}
              className={cn(
                'rounded-sm px-2 py-1 text-sm hover:bg-hover',
                id === chosen.id ? 'bg-accent-wash text-accent-ink' : 'text-ink-muted',
              )}
            >
              {title}
            </Link>
          ))}
        </nav>
      ) : null}
      <div className="flex items-center gap-2">
        <h3 className="text-base font-medium">{chosen.title}</h3>
        <code className="font-mono text-xs text-ink-muted">{chosen.id}</code>
        <CopyButton value={chosen.id} label="format id" />
      </div>
      <DescriptionList
        items={[
          { term: 'What comes of it', detail: <SentenceWithCode text={chosen.yields} /> },
          { term: 'Looks like', detail: <SentenceWithCode text={chosen.expects} /> },
          {
            term: 'What it cannot say',
            detail: <SentenceWithCode text={chosen.omits ?? 'nothing is known to be missing'} />,
          },
          { term: 'One file', detail: coverageWords[chosen.coverage] },
        ]}
      />
      {chosen.production.map((way, index) => (
        <Way key={`${chosen.id} ${way.from}`} way={way} isFirst={index === 0} />
      ))}
    </div>
  )
}

function Way({ way, isFirst }: { way: FormatGuide['production'][number]; isFirst: boolean }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="max-w-[88ch]">
      <h4 id={id} className="mb-1 text-sm font-medium">
        {isFirst ? 'With' : 'Or with'} {way.from}
      </h4>
      <ol className="flex flex-col gap-2">
        {way.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id and never move
          <li key={index}>
            {isCommand(step) ? <CodeBlock code={step} label="command" /> : <p className="text-sm">{step}</p>}
          </li>
        ))}
      </ol>
      <p className="mt-2 text-sm text-ink-muted">
        Least rights that suffice: <span className="text-ink">{way.rights}</span>
      </p>
    </section>
  )
}
