'use client'

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { notifyFailed } from '@/components/ui/toast'
import { formatCount } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import type { DecideInput, DecideResult, ReviewItem } from '@/lib/reviews/items'
import { campaignKey, myReviewsQuery, reviewItemQuery, reviewItemsQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import type { Decision } from '@/lib/reviews/values'
import { type Draft, leftWith, nextEqual, nextWaiting, selectRange } from './desk-moves'
import type { Job } from './outbox'
import { deskParsers } from './review-address'
import { decidedLabels } from './review-words'
import { useDeskOutbox } from './use-desk-outbox'
import { useKeptNotes } from './use-kept-notes'

export interface Word {
  decision: Decision
  until?: string
  reduction?: DecideInput['reduction']
  note?: string
  replaces?: boolean
}

/** What is asked of the reviewer before a decision can be made. */
export type Question =
  | { kind: 'note'; word?: Word }
  | { kind: 'until' }
  | { kind: 'choose' }
  | { kind: 'hand' }
  | { kind: 'keys' }
  | { kind: 'refused'; refusals: DecideResult['refusals']; refused: number; input: DecideInput }

interface Act {
  key: string
  before: Map<number, Draft | null>
  drafted: number
}

const ahead = 12
const states = { todo: 'undecided', decided: 'drafted', all: undefined } as const

/** Everything of a reviewer's desk but its looks: the list, the item in view, what was decided and what is on its way. */
export function useDesk(orgId: string, campaign: CampaignDetail, personId: string) {
  const { id } = campaign
  const queries = useQueryClient()
  const [address, setAddress] = useAddress(deskParsers)
  const { show, group } = address
  const query = { whose: 'mine' as const, state: states[show], ...(group ? { group } : {}) }
  const list = useInfiniteQuery({ ...reviewItemsQuery(orgId, id, query), staleTime: Number.POSITIVE_INFINITY })
  const items = list.data?.pages.flatMap((page) => page.items) ?? noItems
  const mine = useQuery(myReviewsQuery(orgId)).data?.items.find((each) => each.campaign.id === id)

  const [currentNo, setCurrentNo] = useState<number | null>(address.item)
  const at = Math.max(
    0,
    items.findIndex(({ no }) => no === currentNo),
  )
  const isListed = items.some(({ no }) => no === currentNo)
  const no = isListed || (currentNo !== null && address.item === currentNo) ? currentNo : (items[0]?.no ?? null)
  const detail = useQuery({ ...reviewItemQuery(orgId, id, no ?? 0), enabled: no !== null })

  const [drafts, setDrafts] = useState<ReadonlyMap<number, Draft | null>>(new Map())
  const draftOf = (item: ReviewItem): Draft | null => drafts.get(item.no) ?? (drafts.has(item.no) ? null : saidOf(item))
  const [acts, setActs] = useState<Act[]>([])
  const [onTheirWay, setOnTheirWay] = useState<ReadonlyMap<string, number>>(new Map())
  const [known, setKnown] = useState<DecideResult['left']>()
  const base = known ?? mine
  const left = leftWith(base ?? { open: 0, drafted: 0, signed: 0, total: 0 }, [...onTheirWay.values()])

  const [chosen, setChosen] = useState<{ anchor: number; end: number; nos: number[]; group?: string }>()
  const [question, setQuestion] = useState<Question>()
  const [spoken, setSpoken] = useState('')
  const notes = useKeptNotes(id, personId)
  const since = useRef({ no: 0, at: 0 })

  const setDraftsOf = (changes: Iterable<[number, Draft | null]>) => setDrafts((last) => new Map([...last, ...changes]))
  const settle = (key: string) => setOnTheirWay((last) => new Map([...last].filter(([each]) => each !== key)))
  const takeBack = (act: Act | undefined, only?: readonly number[]) => {
    if (!act) return
    setDraftsOf([...act.before].filter(([each]) => only === undefined || only.includes(each)))
  }
  const refresh = (what: 'items' | 'all') => {
    void queries.invalidateQueries({ queryKey: [...campaignKey(orgId, id), 'groups'] })
    void queries.invalidateQueries({ queryKey: ['reviews', orgId, 'mine'] })
    void queries.invalidateQueries({ queryKey: [...campaignKey(orgId, id), 'item'], refetchType: 'none' })
    if (what === 'all') void queries.invalidateQueries({ queryKey: [...campaignKey(orgId, id), 'items'] })
  }

  const outbox = useDeskOutbox({
    campaignId: id,
    personId,
    onDecided: ({ key, input }, result) => {
      settle(key)
      setKnown(result.left)
      const act = acts.find((each) => each.key === key)
      if (result.refused > 0) {
        takeBack(
          act,
          result.refusals.map(({ item }) => item),
        )
        if (result.decided === 0) setActs((last) => last.filter((each) => each.key !== key))
        setQuestion({ kind: 'refused', refusals: result.refusals, refused: result.refused, input })
      }
      if (result.decided > 0) for (const item of input.what.items ?? []) notes.set(item, undefined)
      // Of a group there may be items that the list has not read.
      const isWide = input.what.group !== undefined || act === undefined
      if (isWide && result.decided > 0) setSpoken(`${decidedLabels[input.decision]}: ${result.decided}.`)
      refresh(isWide ? 'all' : 'items')
    },
    onUndone: ({ key, of }, result) => {
      settle(key)
      if (!result) return
      setKnown(result.left)
      setSpoken(result.says)
      if (of === null) {
        setDrafts((last) => new Map([...last].filter(([each]) => !result.items.includes(each))))
        const [first] = result.items
        if (first !== undefined) setCurrentNo(first)
      }
      refresh(of === null || result.restored > 1 ? 'all' : 'items')
    },
    onRefused: (job: Job, error) => {
      settle(job.key)
      const act = acts.find((each) => each.key === job.key)
      takeBack(act)
      setActs((last) => last.filter((each) => each.key !== job.key))
      if (job.kind === 'undo') setDrafts(new Map())
      notifyFailed(job.kind === 'undo' ? 'It was not taken back' : 'It was not decided', error.message)
      refresh('all')
    },
  })

  // The next evidence is there before it is asked for.
  useEffect(() => {
    for (const place of [at + 1, at + 2, at - 1]) {
      const next = items[place]
      if (next) void queries.prefetchQuery(reviewItemQuery(orgId, id, next.no))
    }
  }, [at, items, queries, orgId, id])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (at > items.length - ahead && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [at, items.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  useEffect(() => {
    if (address.item === no) return
    const timer = setTimeout(() => setAddress({ item: no }), 400)
    return () => clearTimeout(timer)
  }, [no, address.item, setAddress])
  const isInView = detail.data?.no === no
  useEffect(() => {
    if (no !== null && isInView) since.current = { no, at: performance.now() }
  }, [no, isInView])

  const goTo = (next: number | undefined) => {
    if (next === undefined) return
    setCurrentNo(next)
    setChosen(undefined)
  }
  const waits = (item: ReviewItem | undefined, but: readonly number[] = []) =>
    item?.can.decide === true && draftOf(item) === null && !but.includes(item.no)
  const skip = (but: readonly number[] = []) => {
    const next = nextWaiting(items.length, at, (index) => waits(items[index], but))
    goTo(items[next === -1 ? at + 1 : next]?.no)
  }

  /** Sends a decision about what is selected, or about the item in view, and goes on to the next. */
  const send = (word: Word, what: DecideInput['what'], touched: ReviewItem[]) => {
    const key = crypto.randomUUID()
    const draft: Draft = { decision: word.decision, until: word.until ?? null, note: word.note ?? null }
    const before = new Map(touched.map((item) => [item.no, draftOf(item)]))
    const drafted = touched.filter((item) => draftOf(item) === null).length
    setActs((last) => [...last, { key, before, drafted }])
    setOnTheirWay((last) => new Map([...last, [key, drafted]]))
    setDraftsOf(touched.map((item) => [item.no, draft]))
    const seconds = since.current.no === no ? (performance.now() - since.current.at) / 1000 : 0
    const looked = no === null ? [] : [{ item: no, seconds: Math.min(86_400, seconds), opened: isInView }]
    const isSeen = no !== null && touched.some((item) => item.no === no)
    outbox.add({ kind: 'decide', key, input: { id, what, ...word, looked: isSeen ? looked : [] } })
    const name = touched.length === 1 ? touched[0]?.identity.name : formatCount(touched.length, 'item')
    setSpoken(`${decidedLabels[word.decision]}: ${name ?? 'the group'}.`)
    setChosen(undefined)
    skip(touched.map((item) => item.no))
  }

  const decide = (word: Word) => {
    setQuestion(undefined)
    if (chosen) {
      const touched = items.filter((item) => chosen.nos.includes(item.no))
      return send(word, chosen.group ? { group: chosen.group } : { items: chosen.nos }, touched)
    }
    const item = items.find((each) => each.no === no) ?? detail.data
    if (!item) return
    if (!item.can.decide) return setSpoken('This item is not yours to decide, or it is settled.')
    const isCertified = word.decision === 'certify' || word.decision === 'certify_until'
    const shown = detail.data?.no === item.no ? detail.data : undefined
    if (isCertified && !item.can.certify) {
      const why = shown?.conflicts.map(({ says }) => says).join(' ')
      return notifyFailed('You cannot certify this one', why || 'Hand it on, or choose another decision.')
    }
    const note = word.note ?? notes.of(item.no) ?? draftOf(item)?.note ?? undefined
    const whole = { ...word, ...(note ? { note } : {}) }
    if (!note && shown?.needsNote.includes(word.decision)) return setQuestion({ kind: 'note', word: whole })
    send(whole, { items: [item.no] }, [item])
  }

  const undo = () => {
    const act = acts.at(-1)
    const key = crypto.randomUUID()
    const became = outbox.add({ kind: 'undo', key, of: act?.key ?? null })
    if (!act) return
    if (became === 'dropped') settle(act.key)
    else setOnTheirWay((last) => new Map([...last, [key, -act.drafted]]))
    setActs(acts.slice(0, -1))
    takeBack(act)
    setSpoken('Taken back.')
    goTo([...act.before.keys()][0])
  }

  const extend = (step: 1 | -1) => {
    const anchor = chosen?.group ? at : (chosen?.anchor ?? at)
    const end = nextEqual(items, anchor, chosen?.end ?? at, step)
    if (end === -1) return setSpoken('Nothing else here has the same evidence.')
    const range = selectRange(items, anchor, end)
    setChosen({ anchor, end, nos: range.chosen })
    setSpoken(`${range.chosen.length} selected, all with the same evidence.`)
  }
  const chooseTo = (index: number) => {
    const range = selectRange(items, at, index)
    if (range.chosen.length < 2) return goTo(items[index]?.no)
    setChosen({ anchor: at, end: index, nos: range.chosen })
    const out = range.leftOut > 0 ? ` ${range.leftOut} between them have other evidence and stay out.` : ''
    setSpoken(`${range.chosen.length} selected, all with the same evidence.${out}`)
  }
  const chooseEqual = () => {
    const item = items[at]
    if (!item || item.isAlone) return setSpoken('This one is decided alone.')
    const equal = items.filter((each) => each.group === item.group && !each.isAlone && waits(each))
    setChosen({ anchor: at, end: at, nos: equal.map((each) => each.no), group: item.group })
    setSpoken('All that wait with this evidence are selected.')
  }

  return {
    // Until the counts are here, `left` is of no use to anybody who reads it.
    isCounted: base !== undefined,
    ...{ id, campaign, items, list, at, no, detail, left, draftOf, chosen, question, spoken, notes, outbox },
    ...{ show, by: address.by, group, goTo, skip, decide, send, undo, extend, chooseTo, chooseEqual },
    canUndo: acts.length > 0 || left.drafted > 0,
    ask: setQuestion,
    drop: () => setChosen(undefined),
    move: (step: 1 | -1) => goTo(items[at + step]?.no),
    view: (change: { show?: 'todo' | 'decided' | 'all'; by?: 'groups' | null; group?: string | null }) => {
      setChosen(undefined)
      setDrafts(new Map())
      void queries.invalidateQueries({ queryKey: [...campaignKey(orgId, id), 'items'] })
      setAddress({ ...change, item: null })
      setCurrentNo(null)
    },
  }
}

const noItems: ReviewItem[] = []
const saidOf = ({ mine }: ReviewItem): Draft | null =>
  mine?.decision ? { decision: mine.decision, until: mine.until, note: mine.note } : null

export type Desk = ReturnType<typeof useDesk>
