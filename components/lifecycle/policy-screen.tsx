'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { notifyDone } from '@/components/ui/toast'
import { deleteRotationPolicy, resumeRotationPolicy, updateRotationPolicy } from '@/lib/lifecycle/actions'
import { PolicyRules, type RotationPolicyDetail } from '@/lib/lifecycle/policies'
import { policyQuery } from '@/lib/lifecycle/policy-queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatDateTime } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { PolicyMode } from './policies-screen'
import { PolicyEditor } from './policy-editor'
import { filterWords, intervalWords, placeWords, toldCount, windowWords } from './policy-words'
import { useLifecycleChange } from './use-lifecycle-change'

interface PolicyScreenProps {
  orgId: string
  id: string
  first: ActionResult<RotationPolicyDetail>
}

/** One policy: what is due by it, what keeps it from beginning, its rules and what they were before. */
export function PolicyScreen({ orgId, id, first }: PolicyScreenProps) {
  const { data, error, retry } = useLoaded(policyQuery(orgId, id), first)
  if (!data) return <Refusal what="rotation policy" error={error} onRetry={retry} />
  return (
    <>
      <PageHeader
        title={data.name}
        eyebrow={
          <>
            <Link href="/runs/policies" className="hover:underline">
              Rotation policies
            </Link>
            <span aria-hidden>/</span>
            version {data.version}
          </>
        }
        actions={<PolicyActions orgId={orgId} policy={data} />}
      >
        <span className="inline-flex flex-wrap items-center gap-x-3">
          <PolicyMode {...data} />
          <Link href={`/runs/due?policy=${data.id}`} className="text-accent-ink hover:underline">
            {toldCount(data.counts.overdue)} overdue, {toldCount(data.counts.due)} due, {toldCount(data.counts.soon)}{' '}
            soon
          </Link>
          {data.nextOpening ? <span>Window: {nextWords(data.nextOpening)}</span> : null}
        </span>
      </PageHeader>
      <Troubles orgId={orgId} policy={data} />
      {data.can.update ? (
        <PolicyEditor key={data.version} orgId={orgId} policy={data} />
      ) : (
        <Section title="What it says">
          <Facts policy={data} />
        </Section>
      )}
      <Section title="Versions" detail={`${data.versions.length} kept`} className="border-t">
        <ol className="text-sm">
          {data.versions.map(({ version, by, at, name, filter, rules, isActive }) => {
            const parsed = PolicyRules.safeParse(rules)
            return (
              <li key={version} className="grid gap-x-4 border-b py-1.5 last:border-b-0 md:grid-cols-[3rem_14rem_1fr]">
                <span className="tabular text-ink-muted">v{version}</span>
                <span className="truncate">
                  {by}, <RelativeTime at={at} />
                </span>
                <span className="text-ink-muted">
                  {isActive ? '' : 'Switched off. '}
                  {name}. {filterWords(filter)}.{parsed.success ? ` ${summaryOf(parsed.data)}` : ''}
                </span>
              </li>
            )
          })}
        </ol>
      </Section>
    </>
  )
}

const nextWords = (at: string) => (Date.parse(at) <= Date.now() ? 'open now' : `opens ${formatDateTime(at)}`)

const summaryOf = (rules: PolicyRules): string =>
  rules.isAutomatic
    ? `${intervalWords(rules)}. ${windowWords(rules.window)}. To ${placeWords(rules.delivery)}.`
    : `${intervalWords(rules)}. Shows what is due.`

function Facts({ policy: { rules, filter } }: { policy: RotationPolicyDetail }) {
  return (
    <DescriptionList
      items={[
        { term: 'Covers', detail: filterWords(filter) },
        { term: 'Interval', detail: intervalWords(rules) },
        { term: 'Window', detail: rules.isAutomatic ? windowWords(rules.window) : 'Nothing begins by itself' },
        { term: 'New secrets go to', detail: placeWords(rules.delivery) },
      ]}
    />
  )
}

function Troubles({ orgId, policy }: { orgId: string; policy: RotationPolicyDetail }) {
  const { run, isPending, error } = useLifecycleChange(orgId, resumeRotationPolicy, () =>
    notifyDone('The policy goes on', 'What was stopped is tried again when the window is open.'),
  )
  if (!policy.halted && !policy.problem) return null
  return (
    <div className="flex flex-col gap-3 border-b px-4 py-4 md:px-6">
      {policy.halted ? (
        <Alert
          tone="danger"
          title="It begins nothing more"
          actions={
            policy.can.update ? (
              <Button isPending={isPending} onClick={() => void run({ id: policy.id })}>
                I have looked: go on
              </Button>
            ) : undefined
          }
        >
          The{' '}
          <Link href={`/runs/${policy.halted.runId}`} className="underline">
            rotation of {policy.halted.name}
          </Link>{' '}
          did not end well <RelativeTime at={policy.halted.at} />. Look at it first: the next ones might fail in the
          same way.
        </Alert>
      ) : null}
      {policy.problem ? (
        <Alert tone="warning" title="It cannot begin">
          {policy.problem}
        </Alert>
      ) : null}
      {error ? (
        <Alert tone="danger" isLive>
          {error.message}
        </Alert>
      ) : null}
    </div>
  )
}

function PolicyActions({ orgId, policy }: { orgId: string; policy: RotationPolicyDetail }) {
  const router = useRouter()
  const { id, version, isActive, can, name } = policy
  const { run, isPending } = useLifecycleChange(orgId, updateRotationPolicy)
  return (
    <>
      {can.update ? (
        <Button isPending={isPending} onClick={() => void run({ id, version, isActive: !isActive })}>
          {isActive ? 'Switch off' : 'Switch on'}
        </Button>
      ) : null}
      {can.delete ? (
        <ConfirmDialog
          trigger={<Button variant="danger-outline">Delete</Button>}
          title={`Delete ${name}?`}
          confirmLabel="Delete the policy"
          onConfirm={async () => {
            await takeResult(deleteRotationPolicy({ id }))
            notifyDone(`${name} is deleted`)
            router.push('/runs/policies')
            router.refresh()
          }}
        >
          Nothing is due by it any more. Rotations that are under way go on. Its versions stay in the audit trail.
        </ConfirmDialog>
      ) : null}
    </>
  )
}
