import type { DataColumn } from '@/components/data-table/data-column'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import type { ReviewItem } from '@/lib/reviews/items'
import { DecisionMark } from './decision-mark'
import { usageWords } from './desk-list'
import { itemTitle } from './evidence-pane'

export const itemColumns: DataColumn<ReviewItem>[] = [
  {
    id: 'item',
    header: 'Item',
    width: 240,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: (item) => (
      <span className="flex min-w-0 items-center gap-1.5" title={itemTitle(item)}>
        <IdentityKind kind={item.identity.kind} />
        <span className="truncate font-medium">{itemTitle(item)}</span>
        {item.credential || item.entitlement ? (
          <span className="truncate text-ink-muted">of {item.identity.name}</span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: 170,
    cell: ({ outcome, outcomeUntil, settledBy }) => (
      <span className="inline-flex items-center gap-1.5">
        {outcome === null ? (
          <span className="text-ink-muted">none yet</span>
        ) : (
          <DecisionMark decision={outcome} until={outcomeUntil} form="done" />
        )}
        {settledBy === 'silence' && outcome !== 'keep' ? (
          <span className="text-xs text-ink-muted">by silence</span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'said',
    header: 'Said so far',
    width: 130,
    cell: ({ mine }) =>
      mine?.decision ? (
        <DecisionMark decision={mine.decision} until={mine.until} />
      ) : (
        <span className="text-ink-muted">nothing yet</span>
      ),
  },
  {
    id: 'reviewer',
    header: 'Reviewer',
    width: 140,
    cell: ({ reviewers, outcome }) => (
      <span className="truncate" title={reviewers.join(', ')}>
        {reviewers.length > 0 ? (
          reviewers.join(', ')
        ) : (
          <span className={outcome === null ? 'text-warning-ink' : 'text-ink-muted'}>
            {outcome === null ? 'nobody' : '–'}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'recommended',
    header: 'Evidence says',
    width: 120,
    cell: ({ recommendation }) => <DecisionMark decision={recommendation} form="advice" />,
  },
  {
    id: 'privilege',
    header: 'Privilege',
    width: 116,
    cell: ({ privilege }) => <PrivilegeMark privilege={privilege ?? undefined} hasLabel />,
  },
  {
    id: 'usage',
    header: 'Use',
    width: 120,
    cell: ({ usage }) =>
      usage === 'unknown' ? <span className="text-ink-muted italic">unknown</span> : usageWords[usage],
  },
  {
    id: 'score',
    header: 'Blast radius',
    width: 96,
    align: 'end',
    cell: ({ score }) => (score === null ? <span className="text-ink-muted italic">unknown</span> : score.toFixed(1)),
  },
  { id: 'system', header: 'System', width: 130, cell: ({ system }) => <SystemTag system={system} /> },
]
