'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { EmptyState } from '@/components/ui/state-block'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { deleteSensitivityRule, updateSensitivityRule } from '@/lib/access-graph/actions'
import type { SensitivityRule, SensitivityRules } from '@/lib/access-graph/blast-radius'
import { graphKey, sensitivityRulesQuery } from '@/lib/access-graph/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { SensitivityRuleDialog } from './sensitivity-rule-dialog'
import { lineId, SensitivityRuleLine } from './sensitivity-rule-line'

type Choice = { what: 'new' } | { what: 'edit' | 'delete'; id: string }

interface SensitivityRulesScreenProps {
  orgId: string
  rules: ActionResult<SensitivityRules>
}

/** The rules that say how sensitive resources are, in the order in which they are asked. */
export function SensitivityRulesScreen({ orgId, rules: first }: SensitivityRulesScreenProps) {
  const rules = useLoaded(sensitivityRulesQuery(orgId), first)
  const [choice, setChoice] = useState<Choice>()
  const [moved, setMoved] = useState<string>()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: graphKey(orgId) })
  const move = useMutation({
    mutationFn: ({ rule, to }: { rule: SensitivityRule; to: number }) => {
      const { resources: _, ...given } = rule
      return takeResult(updateSensitivityRule({ ...given, position: to }))
    },
    onSettled: async (_, __, { rule }) => {
      await refresh()
      setMoved(rule.id)
      requestAnimationFrame(() => focusLine(rule.id))
    },
    onError: (error, { rule }) => notifyFailed(`${rule.name} was not moved`, error.message),
  })
  if (rules.error) return <Refusal what="rules of sensitivity" error={rules.error} onRetry={rules.retry} />
  const items = rules.data?.items ?? []
  const mayChange = rules.data?.can.change === true
  const chosen = choice && 'id' in choice ? items.find(({ id }) => id === choice.id) : undefined
  const close = () => setChoice(undefined)
  const movedTo = items.findIndex(({ id }) => id === moved)
  const create = mayChange ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setChoice({ what: 'new' })}>
      Create rule
    </Button>
  ) : null
  return (
    <Section
      title="Rules of sensitivity"
      detail={items.length > 0 ? formatCount(items.length, 'rule') : null}
      actions={items.length > 0 ? create : null}
    >
      <p className="mb-3 max-w-[72ch] text-sm text-ink-muted">
        The first rule that matches a resource says how sensitive it is, unless a person has said so on its page. Where
        no rule matches, it is as its source says. Sensitivity weighs in every blast radius.
        {mayChange && items.length > 1 ? ' Alt with ↑ or ↓ moves the rule that has the focus.' : ''}
      </p>
      <p role="status" className="sr-only">
        {movedTo >= 0 ? `${items[movedTo]?.name} is rule ${movedTo + 1} of ${items.length} now` : ''}
      </p>
      {!rules.data ? (
        <div aria-busy className="flex flex-col gap-4 py-2">
          <Skeleton className="w-2/3" />
          <Skeleton className="w-1/2" />
        </div>
      ) : items.length === 0 ? (
        <EmptyState title="No rules yet" actions={create}>
          Every resource is as sensitive as its source says, and most sources say nothing. A rule such as “everything of
          the kind secret is restricted” decides for many at once.
        </EmptyState>
      ) : (
        <ol aria-label="Rules of sensitivity, in their order" className="-mx-4 border-t md:-mx-6">
          {items.map((rule, index) => (
            <SensitivityRuleLine
              key={rule.id}
              rule={rule}
              place={index + 1}
              isLast={index === items.length - 1}
              isMoving={move.isPending}
              onMove={mayChange ? (step) => moveBy(items, index, step, (to) => move.mutate({ rule, to })) : undefined}
              onEdit={() => setChoice({ what: 'edit', id: rule.id })}
              onDelete={() => setChoice({ what: 'delete', id: rule.id })}
            />
          ))}
        </ol>
      )}
      {choice?.what === 'new' ? (
        <SensitivityRuleDialog orgId={orgId} position={(items.at(-1)?.position ?? -1) + 1} onClose={close} />
      ) : null}
      {choice?.what === 'edit' && chosen ? (
        <SensitivityRuleDialog orgId={orgId} rule={chosen} position={chosen.position} onClose={close} />
      ) : null}
      {choice?.what === 'delete' && chosen ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : close())}
          title={`Delete the rule ${chosen.name}?`}
          confirmLabel={`Delete ${chosen.name}`}
          tone="danger"
          onConfirm={async () => {
            await takeResult(deleteSensitivityRule({ id: chosen.id }))
            await refresh()
            notifyDone(`Rule ${chosen.name} deleted`)
          }}
        >
          <p>
            {chosen.resources === 0
              ? 'It decides no resource now.'
              : `The ${formatCount(chosen.resources, 'resource')} that it decides will be as the next rule that matches says, else as their source says.`}{' '}
            Blast radius is worked out again. To have it back, create it anew.
          </p>
        </ConfirmDialog>
      ) : null}
    </Section>
  )
}

/** A place is that before the rule which has its number: behind a neighbour is one more than the neighbour's. */
function moveBy(items: SensitivityRule[], index: number, step: 1 | -1, go: (to: number) => void): void {
  const neighbour = items[index + step]
  if (neighbour) go(step > 0 ? neighbour.position + 1 : neighbour.position)
}

/** A line that was moved in the page has lost the focus: its keys go on where they were. */
function focusLine(id: string): void {
  if (document.activeElement === document.body) document.getElementById(lineId(id))?.focus()
}
