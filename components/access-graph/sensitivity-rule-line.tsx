'use client'

import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { IconButton } from '@/components/ui/icon-button'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import type { SensitivityRule } from '@/lib/access-graph/blast-radius'
import { formatCount } from '@/lib/platform/browser/format'
import { ruleSentence } from './sensitivity-words'

interface SensitivityRuleLineProps {
  rule: SensitivityRule
  /** Counted from 1. */
  place: number
  isLast: boolean
  isMoving: boolean
  /** Absent for who may not change the rules. */
  onMove: ((step: 1 | -1) => void) | undefined
  onEdit: () => void
  onDelete: () => void
}

/** By which a line is found again after it was moved. */
export const lineId = (ruleId: string) => `rule-${ruleId}`

/** One rule in its place. Alt and an arrow move it, wherever in it the focus is. */
export function SensitivityRuleLine(props: SensitivityRuleLineProps) {
  const { rule, place, isLast, isMoving, onMove, onEdit, onDelete } = props
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    if (!isMoving) onMove?.(event.key === 'ArrowUp' ? -1 : 1)
  }
  return (
    <li
      id={lineId(rule.id)}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 border-b px-4 py-2 text-sm md:grid-cols-[1.5rem_minmax(0,1fr)_8rem_8rem_auto] md:px-6"
    >
      <span className="tabular text-right text-ink-muted">{place}</span>
      <span className="flex min-w-0 flex-col">
        <span className="truncate font-medium" title={rule.name}>
          {rule.name}
        </span>
        <span className="text-xs text-ink-muted [overflow-wrap:anywhere]">{ruleSentence(rule)}</span>
      </span>
      <SensitivityMark sensitivity={rule.sensitivity} className="max-md:col-start-2 max-md:row-start-2" />
      <span className="tabular text-ink-muted max-md:col-start-2 max-md:row-start-3">
        decides {formatCount(rule.resources, 'resource')}
      </span>
      {onMove ? (
        <span className="flex justify-end max-md:col-start-3 max-md:row-start-1 max-md:flex-wrap">
          <IconButton
            size="sm"
            label={`Move ${rule.name} up`}
            keys="alt+ArrowUp"
            disabled={place === 1}
            onClick={() => onMove(-1)}
          >
            <ArrowUp aria-hidden />
          </IconButton>
          <IconButton
            size="sm"
            label={`Move ${rule.name} down`}
            keys="alt+ArrowDown"
            disabled={isLast}
            onClick={() => onMove(1)}
          >
            <ArrowDown aria-hidden />
          </IconButton>
          <IconButton size="sm" label={`Edit ${rule.name}`} onClick={onEdit}>
            <Pencil aria-hidden />
          </IconButton>
          <IconButton size="sm" label={`Delete ${rule.name}`} onClick={onDelete}>
            <Trash2 aria-hidden />
          </IconButton>
        </span>
      ) : null}
    </li>
  )
}
