'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ReasonField } from '@/components/lifecycle/reason-field'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { takeResult } from '@/lib/platform/browser/action-result'
import {
  discardVersion,
  publishVersion,
  replayVersion,
  reviewVersion,
  shadowVersion,
  testVersion,
} from '@/lib/policy-versions/actions'
import type { VersionDetail } from '@/lib/policy-versions/schema'
import { useVersionChange } from './use-version-change'

interface PartProps {
  orgId: string
  version: VersionDetail
}

const spans = ['1', '7', '30', '90'].map((value) => ({
  value,
  label: value === '1' ? 'last day' : `last ${value} days`,
}))

/** What the person at the screen may do with this version now. */
export function VersionActions({ orgId, version }: PartProps) {
  const { id, revision, contentHash, can, active, no } = version
  const test = useVersionChange(orgId, testVersion)
  const shadow = useVersionChange(orgId, shadowVersion)
  const discard = useVersionChange(orgId, discardVersion)
  const queries = useQueryClient()
  const error = test.error ?? shadow.error ?? discard.error
  const isAny = Object.values({ ...can, update: false }).some(Boolean)
  if (!isAny) return null
  return (
    <Section title="Next">
      <div className="flex flex-col gap-3">
        {can.approve ? <Review orgId={orgId} version={version} /> : null}
        <div className="flex flex-wrap items-center gap-2">
          {can.test ? (
            <Button
              variant={version.state === 'draft' ? 'primary' : 'secondary'}
              isPending={test.isPending}
              onClick={() => void test.run({ id, revision })}
            >
              Run the tests
            </Button>
          ) : null}
          {can.shadow ? (
            <Button variant="primary" isPending={shadow.isPending} onClick={() => void shadow.run({ id, contentHash })}>
              Put it in shadow
            </Button>
          ) : null}
          {can.publish && active.hash !== null ? (
            <ConfirmDialog
              trigger={<Button variant="primary">Publish version {no}</Button>}
              title={`Publish version ${no}?`}
              confirmLabel={`Let version ${no} answer`}
              onConfirm={async () => {
                await takeResult(publishVersion({ id, contentHash, activeHash: active.hash ?? '' }))
                await queries.invalidateQueries({ queryKey: ['policy-versions', orgId] })
              }}
            >
              <p>
                It answers from the next question on, in place of{' '}
                {active.no === null ? 'the product’s own policies alone' : `version ${active.no}`}. It is compiled and
                tested once more before. You can go back in one step.
              </p>
            </ConfirmDialog>
          ) : null}
          {can.replay ? <Replay orgId={orgId} id={id} /> : null}
          {can.discard ? (
            <Button variant="ghost" isPending={discard.isPending} onClick={() => void discard.run({ id, revision })}>
              Put it aside
            </Button>
          ) : null}
        </div>
        {error ? (
          <Alert tone="danger" isLive title="It was not done">
            {error.message}
          </Alert>
        ) : null}
      </div>
    </Section>
  )
}

/** Puts a version, or the product’s own policies, to what was answered in the last days. */
export function Replay({ orgId, id }: { orgId: string; id: string }) {
  const [days, setDays] = useState('7')
  const replay = useVersionChange(orgId, replayVersion)
  return (
    <>
      <Select label="Of which days" options={spans} value={days} onValueChange={setDays} />
      <Button isPending={replay.isPending} onClick={() => void replay.run({ id, days: Number(days) })}>
        Replay what was answered
      </Button>
      {replay.error ? (
        <Alert tone="danger" isLive>
          {replay.error.message}
        </Alert>
      ) : null}
    </>
  )
}

function Review({ orgId, version: { id, contentHash, author } }: PartProps) {
  const [note, setNote] = useState('')
  const review = useVersionChange(orgId, reviewVersion)
  const say = (verdict: 'approved' | 'rejected') => void review.run({ id, contentHash, verdict, note })
  return (
    <section aria-label="It waits for you" className="flex max-w-140 flex-col gap-3">
      <p className="text-sm">
        It waits for somebody who did not write it. {author} did. You agree to exactly this text.
      </p>
      <ReasonField value={note} onChange={setNote} hint="What you looked at. Stays in the audit trail." />
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" isPending={review.isPending} onClick={() => say('approved')}>
          Agree to this text
        </Button>
        <Button isPending={review.isPending} onClick={() => say('rejected')}>
          Send it back
        </Button>
      </div>
      {review.error ? (
        <Alert tone="danger" isLive title="It was not done">
          {review.error.message}
        </Alert>
      ) : null}
    </section>
  )
}
