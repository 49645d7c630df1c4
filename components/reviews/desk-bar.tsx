'use client'

import {
  CalendarCheck,
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleHelp,
  CircleX,
  Forward,
  NotebookPen,
  Scissors,
  SkipForward,
  Undo2,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { IconButton } from '@/components/ui/icon-button'
import { Kbd } from '@/components/ui/kbd'
import { formatNumber } from '@/lib/platform/browser/format'
import type { KeyChoice, ReviewAct } from './review-keys'
import type { Desk } from './use-desk'

interface DeskBarProps {
  desk: Desk
  choice: KeyChoice
  run: Record<ReviewAct, () => void>
}

/** The decisions, at the lower edge: large under a thumb, with their keys where there is a keyboard. */
export function DeskBar({ desk, choice, run }: DeskBarProps) {
  const item = desk.detail.data?.no === desk.no ? desk.detail.data : desk.items.find(({ no }) => no === desk.no)
  const mayDecide = desk.chosen !== undefined || item?.can.decide === true
  const mayCertify = desk.chosen !== undefined || item?.can.certify === true
  const many = desk.chosen ? ` ${formatNumber(desk.chosen.nos.length)}${desk.chosen.group ? '+' : ''}` : ''
  const keyOf = (act: ReviewAct) => (choice.areOn ? choice.keys[act] : undefined)
  return (
    <div
      role="toolbar"
      aria-label="Decide"
      className="sticky bottom-0 z-20 flex flex-col gap-2 border-t bg-raised px-3 py-2 md:flex-row md:flex-wrap md:items-center md:px-5"
    >
      <div className="grid grid-cols-3 gap-2 md:flex">
        <Act
          icon={<CircleCheck aria-hidden />}
          keys={keyOf('certify')}
          isOff={!mayDecide || !mayCertify}
          onClick={run.certify}
          tone="good"
        >
          Certify{many}
        </Act>
        <Act icon={<Scissors aria-hidden />} keys={keyOf('reduce')} isOff={!mayDecide} onClick={run.reduce}>
          Reduce{many}
        </Act>
        <Act
          icon={<CircleX aria-hidden />}
          keys={keyOf('revoke')}
          isOff={!mayDecide}
          onClick={run.revoke}
          tone="danger"
        >
          Revoke{many}
        </Act>
      </div>
      <div className="flex items-center gap-1 max-md:justify-between">
        <Small label="Note" act="note" keyOf={keyOf} isOff={!mayDecide} onClick={run.note}>
          <NotebookPen aria-hidden />
        </Small>
        <Small label="Undo" act="undo" keyOf={keyOf} isOff={!desk.canUndo} onClick={run.undo}>
          <Undo2 aria-hidden />
        </Small>
        <Small label="Skip" act="skip" keyOf={keyOf} isOff={desk.items.length < 2} onClick={run.skip}>
          <SkipForward aria-hidden />
        </Small>
        <Small label="Item before" act="previous" keyOf={keyOf} isOff={desk.at === 0} onClick={run.previous}>
          <ChevronUp aria-hidden />
        </Small>
        <Small label="Next item" act="next" keyOf={keyOf} isOff={desk.at >= desk.items.length - 1} onClick={run.next}>
          <ChevronDown aria-hidden />
        </Small>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" className="max-md:h-10" disabled={!mayDecide}>
              More
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent>
            <DropdownMenuItem icon={<CalendarCheck aria-hidden />} keys={keyOf('until')} onSelect={run.until}>
              Certify until a day
            </DropdownMenuItem>
            {desk.chosen ? null : (
              <DropdownMenuItem icon={<Scissors aria-hidden />} keys={keyOf('choose')} onSelect={run.choose}>
                Reduce to what you choose
              </DropdownMenuItem>
            )}
            <DropdownMenuItem icon={<CircleHelp aria-hidden />} keys={keyOf('unsure')} onSelect={run.unsure}>
              Not sure: pass it on at the sign-off
            </DropdownMenuItem>
            <DropdownMenuItem icon={<Forward aria-hidden />} keys={keyOf('hand')} onSelect={run.hand}>
              Hand on to somebody else
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      {desk.chosen ? (
        <p className="flex items-center gap-2 text-sm md:ml-auto">
          {desk.chosen.group ? 'All that wait with this evidence' : `${desk.chosen.nos.length} with the same evidence`}
          <Button size="sm" variant="ghost" onClick={desk.drop}>
            Only this one
          </Button>
        </p>
      ) : null}
    </div>
  )
}

interface ActProps {
  icon: ReactNode
  keys: string | undefined
  isOff: boolean
  tone?: 'good' | 'danger'
  onClick: () => void
  children: ReactNode
}

function Act({ icon, keys, isOff, tone, onClick, children }: ActProps) {
  return (
    <Button
      size="lg"
      icon={icon}
      disabled={isOff}
      onClick={onClick}
      className={cn(
        'max-md:h-12',
        tone === 'good' && 'border-good-mark/60 text-good-ink hover:bg-good-wash',
        tone === 'danger' && 'border-danger-mark/60 text-danger-ink hover:bg-danger-wash',
      )}
    >
      {children}
      {keys ? <Kbd keys={keys} className="max-md:hidden" /> : null}
    </Button>
  )
}

interface SmallProps {
  label: string
  act: ReviewAct
  keyOf: (act: ReviewAct) => string | undefined
  isOff: boolean
  onClick: () => void
  children: ReactNode
}

function Small({ label, act, keyOf, isOff, onClick, children }: SmallProps) {
  return (
    <IconButton label={label} keys={keyOf(act)} size="lg" className="max-md:size-10" disabled={isOff} onClick={onClick}>
      {children}
    </IconButton>
  )
}
