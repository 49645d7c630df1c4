'use client'

import { Keyboard, List, PenLine } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { lazy, Suspense, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { IconButton } from '@/components/ui/icon-button'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { isAppError } from '@/lib/platform/errors'
import { campaignQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { DeskBar } from './desk-bar'
import { DeskGroups } from './desk-groups'
import { DeskList } from './desk-list'
import { EvidencePane, EvidenceSkeleton } from './evidence-pane'
import { reviewHref, signOffHref } from './review-address'
import { actLabels, type KeyChoice, type ReviewAct } from './review-keys'
import { TimeLeft } from './time-left'
import { type Desk, useDesk } from './use-desk'
import { useReviewKeys } from './use-review-keys'

const loadQuestion = () => import('./desk-questions').then((module) => ({ default: module.DeskQuestion }))
const DeskQuestion = lazy(loadQuestion)
preloadWhenIdle(loadQuestion)

interface DeskScreenProps {
  orgId: string
  id: string
  personId: string
  first: ActionResult<CampaignDetail>
}

/** Where a reviewer works: the list and the evidence side by side, every decision under one key. */
export function DeskScreen({ orgId, id, personId, first }: DeskScreenProps) {
  const { data, error, retry } = useLoaded(campaignQuery(orgId, id), first)
  if (!data) return <Refusal what="review" error={error} onRetry={retry} />
  return <Workspace orgId={orgId} campaign={data} personId={personId} />
}

function Workspace({ orgId, campaign, personId }: { orgId: string; campaign: CampaignDetail; personId: string }) {
  const desk = useDesk(orgId, campaign, personId)
  const router = useRouter()
  const [choice, setChoice] = useReviewKeys()
  const [hasList, setHasList] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const { id, ask } = desk
  const run: Record<ReviewAct, () => void> = {
    next: () => desk.move(1),
    previous: () => desk.move(-1),
    certify: () => desk.decide({ decision: 'certify' }),
    revoke: () => desk.decide({ decision: 'revoke' }),
    reduce: () => desk.decide({ decision: 'reduce', reduction: { to: 'used' } }),
    unsure: () => desk.decide({ decision: 'unsure' }),
    choose: () => ask({ kind: 'choose' }),
    until: () => ask({ kind: 'until' }),
    note: () => ask({ kind: 'note' }),
    hand: () => ask({ kind: 'hand' }),
    undo: desk.undo,
    skip: () => desk.skip(),
    more: () => desk.extend(1),
    fewer: () => desk.extend(-1),
    equal: desk.chooseEqual,
    finish: () => router.push(signOffHref(id)),
  }
  const focusList = () => place.current?.querySelector<HTMLElement>('[role=listbox]')?.focus({ preventScroll: true })
  const close = () => {
    ask(undefined)
    // After the dialog has given the focus back.
    requestAnimationFrame(focusList)
  }
  const isEmpty = desk.items.length === 0 && !desk.list.isPending
  return (
    <div
      ref={place}
      className="flex flex-col md:h-[calc(100dvh-var(--banner,0rem))] md:[@media(max-height:480px)]:h-auto"
    >
      {Object.entries(run).map(([act, go]) => (
        <Key key={act} act={act as ReviewAct} choice={choice} place={place} run={go} />
      ))}
      <DeskHead
        desk={desk}
        onKeys={() => ask({ kind: 'keys' })}
        hasList={hasList}
        onList={() => setHasList(!hasList)}
      />
      <Trouble desk={desk} />
      <AllDecided desk={desk} />
      <p role="status" className="sr-only">
        {desk.spoken}
      </p>
      <div className="grid min-h-0 flex-1 md:grid-cols-[minmax(16rem,22rem)_minmax(0,1fr)]">
        <div
          className={cn(
            'flex min-h-0 flex-col border-r max-md:max-h-[60dvh] max-md:border-b',
            !hasList && 'max-md:hidden',
          )}
        >
          <Views desk={desk} />
          {desk.by === 'groups' ? (
            <DeskGroups orgId={orgId} desk={desk} />
          ) : desk.list.error && desk.items.length === 0 ? (
            <Refusal what="items" error={desk.list.error} onRetry={() => void desk.list.refetch()} />
          ) : (
            <DeskList desk={desk} label={`Items of ${campaign.name}`} />
          )}
        </div>
        <div className="flex min-h-0 min-w-0 flex-col">
          {isEmpty ? <Nothing desk={desk} /> : <Evidence desk={desk} />}
          {isEmpty ? null : <DeskBar desk={desk} choice={choice} run={run} />}
        </div>
      </div>
      {desk.question ? (
        <Suspense fallback={null}>
          <DeskQuestion orgId={orgId} desk={desk} choice={choice} onChoiceChange={setChoice} onClose={close} />
        </Suspense>
      ) : null}
    </div>
  )
}

interface KeyProps {
  act: ReviewAct
  choice: KeyChoice
  place: React.RefObject<HTMLElement | null>
  run: () => void
}

/** One key, which does something only while the focus is in the workspace (WCAG 2.1.4). */
function Key({ act, choice, place, run }: KeyProps) {
  useShortcut(
    { keys: choice.keys[act], label: actLabels[act], group: 'This review, while it has the focus' },
    () => {
      if (place.current?.contains(document.activeElement)) run()
    },
    choice.areOn,
  )
  return null
}

interface HeadProps {
  desk: Desk
  hasList: boolean
  onKeys: () => void
  onList: () => void
}

/** Always in view: how much is done, and how long there is. */
function DeskHead({ desk, hasList, onKeys, onList }: HeadProps) {
  const { campaign, left, isCounted, outbox } = desk
  const done = left.drafted + left.signed
  return (
    <header className="z-20 border-b bg-canvas px-3 py-2 max-md:sticky max-md:top-12 md:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <div className="min-w-0 flex-1 basis-48">
          <h1 className="truncate text-base font-medium">
            <Link href={reviewHref(desk.id)} className="hover:underline">
              {campaign.name}
            </Link>
          </h1>
          <p className="flex flex-wrap gap-x-2 text-xs text-ink-muted">
            <TimeLeft at={campaign.deadlineAt} timeZone={campaign.timeZone} hasDate />
          </p>
        </div>
        <div className="flex items-center gap-1.5">
          <Button className="md:hidden" icon={<List aria-hidden />} aria-expanded={hasList} onClick={onList}>
            List
          </Button>
          <IconButton label="Keys of this review" className="max-md:hidden" onClick={onKeys}>
            <Keyboard aria-hidden />
          </IconButton>
          <Button asChild variant={left.open === 0 && left.drafted > 0 ? 'primary' : 'secondary'}>
            <Link href={signOffHref(desk.id)}>
              <PenLine aria-hidden />
              Sign off{left.drafted > 0 ? ` ${formatNumber(left.drafted)}` : ''}
            </Link>
          </Button>
        </div>
      </div>
      <div className="mt-1.5 flex items-center gap-3 text-xs">
        <div
          role="progressbar"
          aria-label="Decided"
          aria-valuemin={0}
          aria-valuemax={left.total}
          {...(isCounted ? { 'aria-valuenow': done } : {})}
          className="graduated flex h-1.5 flex-1 overflow-hidden rounded-xs bg-hover"
        >
          <span data-mark className="bg-good-mark" style={{ width: `${share(left.signed, left.total)}%` }} />
          <span data-mark className="bg-accent" style={{ width: `${share(left.drafted, left.total)}%` }} />
        </div>
        <span className="tabular whitespace-nowrap text-ink-muted">
          {isCounted ? `${formatNumber(done)} of ${formatNumber(left.total)} decided` : 'Counting…'}
          {outbox.waiting > 0 && !outbox.stuck ? ', saving' : ''}
        </span>
      </div>
      <p className="mt-1 text-xs text-ink-muted">{campaign.silenceSays}</p>
    </header>
  )
}

const share = (part: number, whole: number) => (whole > 0 ? (part / whole) * 100 : 0)

function Trouble({ desk: { outbox } }: { desk: Desk }) {
  const { stuck, waiting } = outbox
  if (!stuck) return null
  const isSignedOut = isAppError(stuck) && stuck.code === 'unauthenticated'
  return (
    <Alert
      tone="danger"
      isLive
      className="mx-3 mt-2 md:mx-5"
      title={`${formatCount(waiting, 'decision')} not stored yet`}
      actions={
        isSignedOut ? (
          <Button onClick={() => window.location.reload()}>Sign in</Button>
        ) : (
          <Button onClick={outbox.retry}>Try again</Button>
        )
      }
    >
      {isSignedOut ? 'Your session has ended.' : 'The server could not be reached.'} They are kept in this tab, and sent
      when it can.
    </Alert>
  )
}

function AllDecided({ desk: { id, left, items } }: { desk: Desk }) {
  if (left.open > 0 || left.drafted === 0 || items.length === 0) return null
  return (
    <Alert
      tone="good"
      isLive
      className="mx-3 mt-2 md:mx-5"
      title="Everything is decided"
      actions={
        <Button asChild variant="primary">
          <Link href={signOffHref(id)}>See what you would sign off</Link>
        </Button>
      }
    >
      They are drafts until you sign off. You can change each until then.
    </Alert>
  )
}

const shows = [
  { show: 'todo', label: 'To decide' },
  { show: 'decided', label: 'Decided' },
  { show: 'all', label: 'All' },
] as const

function Views({ desk }: { desk: Desk }) {
  const { left, isCounted, show, by, group } = desk
  const counts = { todo: left.open, decided: left.drafted, all: left.total }
  return (
    <fieldset aria-label="What the list shows" className="flex flex-wrap gap-1 border-b px-2 py-1.5">
      {shows.map((each) => (
        <Pick
          key={each.show}
          isOn={by === null && show === each.show}
          onPick={() => desk.view({ show: each.show, by: null, group: null })}
        >
          {each.label}{' '}
          <span className="tabular text-ink-muted">{isCounted ? formatNumber(counts[each.show]) : ''}</span>
        </Pick>
      ))}
      <Pick isOn={by === 'groups'} onPick={() => desk.view({ by: 'groups', group: null })}>
        Groups
      </Pick>
      {group ? (
        <Pick isOn onPick={() => desk.view({ group: null })}>
          One group only: show all
        </Pick>
      ) : null}
    </fieldset>
  )
}

function Pick({ isOn, onPick, children }: { isOn: boolean; onPick: () => void; children: React.ReactNode }) {
  return (
    <Button
      size="sm"
      variant="ghost"
      aria-pressed={isOn}
      onClick={onPick}
      className={cn('font-normal', isOn && 'bg-accent-wash font-medium text-accent-ink')}
    >
      {children}
    </Button>
  )
}

function Evidence({ desk }: { desk: Desk }) {
  const { detail, no } = desk
  const shown = detail.data?.no === no ? detail.data : undefined
  const listed = desk.items.find((each) => each.no === no)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard
    <section key={no} tabIndex={0} aria-label="Evidence" className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
      {shown ? (
        <EvidencePane
          item={shown}
          draft={desk.draftOf(listed ?? shown)}
          note={no === null ? undefined : desk.notes.of(no)}
        />
      ) : detail.error ? (
        <Refusal what="evidence" error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <EvidenceSkeleton />
      )}
    </section>
  )
}

function Nothing({ desk }: { desk: Desk }) {
  const { left, show } = desk
  if (show === 'todo' && left.drafted > 0)
    return (
      <EmptyState
        title="Everything is decided"
        actions={
          <Button asChild variant="primary">
            <Link href={signOffHref(desk.id)}>See what you would sign off</Link>
          </Button>
        }
      >
        {formatCount(left.drafted, 'decision is a draft', 'decisions are drafts')} until you sign off.
      </EmptyState>
    )
  return (
    <EmptyState
      title={show === 'decided' ? 'Nothing is decided yet' : 'Nothing here waits for you'}
      actions={
        <Button asChild>
          <Link href={reviewHref(desk.id)}>Open the campaign</Link>
        </Button>
      }
    >
      {left.signed > 0 ? `You have signed off ${formatCount(left.signed, 'item')}.` : 'You have no items in this list.'}
    </EmptyState>
  )
}
