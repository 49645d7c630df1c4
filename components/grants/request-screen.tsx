'use client'

import { useQuery } from '@tanstack/react-query'
import { Check, Hourglass, Minus, Scissors, X } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type ChosenIdentity, IdentityPicker } from '@/components/lifecycle/identity-picker'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { requestGrant } from '@/lib/grants/actions'
import { grantPreviewQuery } from '@/lib/grants/queries'
import type { GrantPreview } from '@/lib/grants/schema'
import { type AccessMode, durationSteps, timesSteps } from '@/lib/grants/values'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { GrantImpact } from './grant-impact'
import { durationWords, tierLabels, timesWords } from './grant-words'
import { type ChosenNode, NodePicker } from './node-picker'
import { useGrantChange } from './use-grant-change'

const split = (scopes: string) =>
  scopes
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

/** What a denial, or a list, has filled in: its preview, how often, and the decision that it came from. */
export interface GivenRequest {
  first: ActionResult<GrantPreview>
  uses: number | null
  denial: string | null
  /** The rights without an end that it takes the place of. */
  replaces?: readonly string[]
}

function subjectOf({ subject }: GrantPreview): ChosenIdentity[] {
  return subject.kind === 'identity' ? [{ id: subject.id, name: subject.name }] : []
}

const nodesOf = ({ rights }: GrantPreview): ChosenNode[] =>
  rights.map(({ nodeId, name, nodeType, scopes }) => ({
    ...{ nodeId, name, isRole: nodeType === 'role', scopes: scopes.join(', ') },
  }))

interface RequestScreenProps {
  orgId: string
  /** Those that are open. */
  incidents: readonly { id: string; title: string }[]
  /** The one that it is for, from the address. */
  incident: string | undefined
  given?: GivenRequest
}

const forNone = 'none'

/** Asks for a right for one task: the preview says what would be given, what not, and what it would add. */
export function RequestScreen({ orgId, incidents, incident, given }: RequestScreenProps) {
  const router = useRouter()
  const before = given?.first.ok ? given.first.data : undefined
  const [subject, setSubject] = useState<ChosenIdentity[]>(before ? subjectOf(before) : [])
  const [nodes, setNodes] = useState<ChosenNode[]>(before ? nodesOf(before) : [])
  const [way, setWay] = useState<AccessMode>(before && before.mode !== 'console' ? before.mode : 'provisioned')
  const [uses, setUses] = useState<number | null>(given?.uses ?? null)
  const [task, setTask] = useState('')
  const [ticket, setTicket] = useState('')
  const [chosen, setChosen] = useState<number>()
  const [cause, setCause] = useState(incident ?? forNone)
  const request = useGrantChange(orgId, requestGrant, ({ id }) => router.push(`/grants/${id}`))
  const [account] = subject
  const isInstead = account !== undefined && account.id === before?.subject.id
  const wanted = {
    identityId: account?.id ?? null,
    mode: account ? way : ('runtime' as const),
    rights: nodes.map(({ nodeId, scopes }) => ({ nodeId, scopes: split(scopes) })),
    replaces: isInstead ? [...(given?.replaces ?? [])] : [],
  }
  const preview = useQuery({ ...grantPreviewQuery(orgId, wanted), enabled: nodes.length > 0 })
  const found = nodes.length > 0 ? preview.data : undefined
  const seconds = Math.min(chosen ?? found?.proposedSeconds ?? 1800, found?.longestSeconds ?? Number.MAX_SAFE_INTEGER)
  const isRuntime = wanted.mode === 'runtime'
  const isReady = found !== undefined && found.problem === null && task.trim().length >= 5
  return (
    <>
      <PageHeader
        title="Ask for access"
        eyebrow={
          <Link href="/grants" className="hover:underline">
            Access
          </Link>
        }
      >
        For one task, and for no longer than it takes. Somebody else agrees before anything is given.
      </PageHeader>
      {given ? <Origin given={given} /> : null}
      <div className="grid lg:grid-cols-2">
        <Section title="What it is for">
          <div className="flex max-w-140 flex-col gap-4">
            <Field label="The task" isRequired hint="In words: whoever agrees reads it, and it stays on record.">
              <Input value={task} maxLength={500} autoComplete="off" onChange={({ target }) => setTask(target.value)} />
            </Field>
            <Field label="Ticket" hint="When it is closed, the access ends.">
              <Input
                value={ticket}
                maxLength={100}
                autoComplete="off"
                onChange={({ target }) => setTicket(target.value)}
              />
            </Field>
            {incidents.length > 0 ? (
              <Field label="For an incident" hint="While it is open it stays; when it is over, the access ends.">
                <Select
                  value={cause}
                  onValueChange={setCause}
                  options={[
                    { value: forNone, label: 'For none' },
                    ...incidents.map(({ id, title }) => ({ value: id, label: title })),
                  ]}
                />
              </Field>
            ) : null}
            <div className="flex flex-col gap-1.5">
              <span className="text-sm font-medium">Which account</span>
              <IdentityPicker orgId={orgId} label="Which account" value={subject} onChange={setSubject} most={1} />
              {account ? null : (
                <p className="text-xs text-ink-muted">
                  Without one it is for yourself: nothing is given at a source, the decision point looks at it.
                </p>
              )}
            </div>
            {account ? (
              <Field label="Where it counts" hint={wayHints[way]}>
                <Select
                  value={way}
                  onValueChange={(value) => setWay(value as AccessMode)}
                  options={[
                    { value: 'provisioned', label: 'At its source' },
                    { value: 'runtime', label: 'At the decision point' },
                  ]}
                />
              </Field>
            ) : null}
            <div className="flex flex-col gap-1.5">
              <span className="text-sm font-medium">What is needed</span>
              <NodePicker orgId={orgId} value={nodes} isRuntime={isRuntime} onChange={setNodes} />
            </div>
            <Field label="For how long" hint={found?.proposedSays}>
              <Select
                value={String(seconds)}
                onValueChange={(value) => setChosen(Number(value))}
                options={durationSteps
                  .filter((step) => step <= (found?.longestSeconds ?? step))
                  .map((step) => ({ value: String(step), label: durationWords(step) }))}
              />
            </Field>
            {isRuntime ? (
              <Field label="How often" hint="Counted by the decision point, right before each use.">
                <Select
                  value={String(uses ?? 0)}
                  onValueChange={(value) => setUses(Number(value) || null)}
                  options={[...new Set([0, ...timesSteps, ...(uses === null ? [] : [uses])])].map((each) => ({
                    ...{ value: String(each), label: timesWords(each || null) },
                  }))}
                />
              </Field>
            ) : null}
            {request.error ? (
              <Alert tone="danger" isLive title="It was not asked for">
                {request.error.message}
              </Alert>
            ) : null}
            <div>
              <Button
                variant="primary"
                disabled={!isReady}
                isPending={request.isPending}
                onClick={() =>
                  found &&
                  void request.run({
                    ...wanted,
                    ...{ task: task.trim(), ticket: ticket.trim() || null, seconds, listHash: found.listHash },
                    uses: isRuntime ? uses : null,
                    incidentId: cause === forNone ? null : cause,
                  })
                }
              >
                Ask for {durationWords(seconds)}
                {isRuntime && uses !== null ? `, ${timesWords(uses)}` : ''}
              </Button>
            </div>
          </div>
        </Section>
        <Section title="What it comes to" className="lg:border-l">
          {found ? (
            <Outcome preview={found} />
          ) : (
            <p className="text-sm text-ink-muted" aria-live="polite">
              {preview.error?.message ?? (nodes.length > 0 ? 'Working it out.' : 'Name what is needed first.')}
            </p>
          )}
        </Section>
      </div>
    </>
  )
}

const wayHints: Record<AccessMode, string> = {
  provisioned: 'The right is given to this account there, and taken away again.',
  runtime: 'Nothing is given there. The decision point says yes to it for so long.',
}

/** Where a request that is filled in comes from, or why it is not. */
function Origin({ given: { first, denial, replaces } }: { given: GivenRequest }) {
  return (
    <div className="border-b px-4 py-4 md:px-6">
      {first.ok ? (
        <Alert
          tone="notice"
          title={
            denial
              ? 'Filled in from what was refused'
              : replaces
                ? 'In the place of what has no end'
                : 'Filled in for you'
          }
        >
          {replaces ? 'Take out what is not needed: it is taken away when the grant begins. ' : null}
          Say what it is needed for, and ask.
          {denial ? (
            <>
              {' '}
              <Link href={`/decisions?decision=${denial}`} className="underline underline-offset-2">
                Why it was refused
              </Link>
            </>
          ) : null}
        </Alert>
      ) : (
        <Alert tone="warning" title="It could not be filled in">
          {first.error.message}
        </Alert>
      )}
    </div>
  )
}

const marks = {
  gets: { icon: Check, tone: 'text-good-ink', label: 'You would get' },
  has_already: { icon: Minus, tone: 'text-ink-muted', label: 'It has already' },
  cannot: { icon: X, tone: 'text-danger-ink', label: 'You would not get' },
}

function Outcome({ preview }: { preview: GrantPreview }) {
  const { rights, replaces, problem, impact, tier, tierSays, needed, longestSeconds, approverCount, isPreapprovable } =
    preview
  return (
    <div className="flex flex-col gap-4 text-sm">
      <ul className="flex flex-col gap-2" aria-label="What it would give">
        {rights.map(({ nodeId, verdict, name, says }) => {
          const { icon: Icon, tone, label } = marks[verdict]
          return (
            <li key={nodeId} className="flex items-start gap-2">
              <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden />
              <span>
                <span className="font-medium">
                  {label}: {name}
                </span>
                <span className="block text-ink-muted">{says}</span>
              </span>
            </li>
          )
        })}
      </ul>
      {replaces.length > 0 ? (
        <div className="flex flex-col gap-1.5">
          <h3 className="font-medium">What it takes the place of</h3>
          <ul className="flex flex-col gap-1.5" aria-label="What it takes the place of">
            {replaces.map(({ entitlementId, says, isKept }) => (
              <li key={entitlementId} className="flex items-start gap-2">
                {isKept ? (
                  <Hourglass className="mt-0.5 size-4 shrink-0 text-ink-muted" aria-hidden />
                ) : (
                  <Scissors className="mt-0.5 size-4 shrink-0 text-danger-ink" aria-hidden />
                )}
                {says}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {problem ? (
        <Alert tone="warning" title="It cannot be asked for like this">
          {problem}
        </Alert>
      ) : null}
      <GrantImpact impact={impact} />
      <p>
        Weight: {tierLabels[tier].toLowerCase()}. {tierSays} At most {durationWords(longestSeconds)};{' '}
        {needed === 1 ? 'one other person agrees' : `${needed} other people agree`}.{' '}
        {isPreapprovable
          ? 'With a ticket, and for an hour at most, nobody has to: a policy has agreed beforehand.'
          : approverCount < needed
            ? 'At this moment there are not enough who could.'
            : null}
      </p>
    </div>
  )
}
