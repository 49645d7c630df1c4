'use client'

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/components/ui/class-names'
import { IconButton } from '@/components/ui/icon-button'
import { controlClasses } from '@/components/ui/input'
import { identityKindLabels } from '@/components/ui/marks/identity-kind'
import { nodeSearchQuery } from '@/lib/access-graph/queries'
import type { GraphNode } from '@/lib/access-graph/schema'
import { kindLabel } from './explore-words'
import { NodeIcon } from './node-name'

interface NodePickerProps {
  orgId: string
  label: string
  placeholder: string
  /** What is chosen. */
  node: GraphNode | undefined
  onChoose: (node: GraphNode | undefined) => void
  ref?: Ref<HTMLInputElement>
}

const settleMs = 150

/** One node of the graph, found by a part of its name or id; the focus stays in the box. */
export function NodePicker({ orgId, label, placeholder, node, onChoose, ref }: NodePickerProps) {
  const id = useId()
  const [draft, setDraft] = useState<string>()
  const [active, setActive] = useState(0)
  const asked = useSettled(draft?.trim() ?? '')
  const found = useQuery({ ...nodeSearchQuery(orgId, asked), enabled: asked !== '' })
  const items = asked === '' ? [] : (found.data?.items ?? [])
  const isOpen = draft !== undefined && draft.trim() !== ''
  const at = Math.min(active, items.length - 1)

  const choose = (chosen: GraphNode | undefined) => {
    setDraft(undefined)
    onChoose(chosen)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') setDraft(undefined)
    if (!isOpen) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (items.length > 0) setActive((at + step + items.length) % items.length)
    }
    if (event.key === 'Enter' && items[at]) {
      event.preventDefault()
      choose(items[at])
    }
  }
  return (
    <div className="relative min-w-0 flex-1">
      <span className="pointer-events-none absolute inset-y-0 left-2 z-10 grid place-items-center">
        {node && draft === undefined ? <NodeIcon node={node} /> : null}
      </span>
      <input
        ref={ref}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={isOpen && items[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={draft ?? node?.name ?? ''}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setActive(0)
          setDraft(event.target.value)
        }}
        onBlur={() => setDraft(undefined)}
        onKeyDown={onKeyDown}
        className={cn(controlClasses, 'h-9 pr-8', node && draft === undefined ? 'pl-8 font-medium' : '')}
      />
      {node && draft === undefined ? (
        <IconButton
          label={`Clear ${label.toLowerCase()}`}
          size="sm"
          className="absolute top-1.5 right-1"
          onClick={() => choose(undefined)}
        >
          <X aria-hidden />
        </IconButton>
      ) : null}
      {isOpen ? (
        <div className="absolute inset-x-0 top-full z-40 mt-1 rounded-md bg-raised p-1 shadow-float">
          <Options id={id} label={label} items={items} active={at} onChoose={choose} />
          {items.length === 0 ? (
            <p className="px-2 py-2 text-sm text-ink-muted" role="status">
              {found.error
                ? `The search failed: ${found.error.message}`
                : found.isFetching || asked !== draft.trim()
                  ? 'Looking…'
                  : 'Nothing here has that in its name or id.'}
            </p>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

interface OptionsProps {
  id: string
  label: string
  items: GraphNode[]
  active: number
  onChoose: (node: GraphNode) => void
}

function Options({ id, label, items, active, onChoose }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (active >= 0) list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label={`Found: ${label}`}
      className="max-h-80 overflow-y-auto"
    >
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box, where the focus stays
        <div
          key={item.id ?? item.externalId}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(item)}
          className={cn(
            'flex min-h-9 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm select-none hover:bg-hover',
            index === active && 'bg-accent-wash hover:bg-accent-wash',
          )}
        >
          <NodeIcon node={item} />
          <span className="flex min-w-0 flex-1 flex-col">
            <span className="truncate">{item.name}</span>
            {item.externalId !== item.name ? (
              <span className="truncate font-mono text-xs text-ink-muted">{item.externalId}</span>
            ) : null}
          </span>
          <span className="shrink-0 text-xs text-ink-muted">{kindWord(item)}</span>
        </div>
      ))}
    </div>
  )
}

/** What a node is, in a word or two. */
export function kindWord({ type, kind }: Pick<GraphNode, 'type' | 'kind'>): string {
  if (type === 'human') return 'Person'
  if (type === 'identity' && kind && kind in identityKindLabels) {
    return identityKindLabels[kind as keyof typeof identityKindLabels]
  }
  return kindLabel(kind ?? type)
}

/** The text once it has stood for a moment: each search is a request. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
