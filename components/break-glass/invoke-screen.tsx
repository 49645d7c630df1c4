'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { GrantImpact } from '@/components/grants/grant-impact'
import { durationWords, roleSays } from '@/components/grants/grant-words'
import { type ChosenNode, NodePicker } from '@/components/grants/node-picker'
import { type ChosenIdentity, IdentityPicker } from '@/components/lifecycle/identity-picker'
import { SecretField } from '@/components/lifecycle/secret-field'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { invokeBreakGlass } from '@/lib/break-glass/actions'
import { breakGlassPreviewQuery } from '@/lib/break-glass/queries'
import type { InvokeInput, UsePreview } from '@/lib/break-glass/schema'
import { confirmationWords, drillSeconds, emergencyRoles, secondsChoices, usualSeconds } from '@/lib/break-glass/values'
import type { AccessMode } from '@/lib/grants/values'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useChange } from '@/lib/platform/browser/use-change'
import { isAppError } from '@/lib/platform/errors'
import type { SessionConfirmation } from '@/lib/users/schema'
import { ProofField } from './proof-field'

interface InvokeScreenProps {
  orgId: string
  /** Those that are open. */
  incidents: readonly { id: string; title: string }[]
  /** The one that it is for, from the address. */
  incident: string | undefined
  confirmation: SessionConfirmation
  /** Proves by a password that it is still the person who signed in. */
  onConfirm: (input: { password: string }) => Promise<ActionResult<SessionConfirmation>>
}

const forNone = 'none'
const ofAccount = 'rights'
const split = (scopes: string) =>
  scopes
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

/** Breaks the glass: what is needed, why, and that it is meant; beside it what it comes to. */
export function InvokeScreen({ orgId, incidents, incident, confirmation, onConfirm }: InvokeScreenProps) {
  const router = useRouter()
  const [what, setWhat] = useState<string>(emergencyRoles[0])
  const [subject, setSubject] = useState<ChosenIdentity[]>([])
  const [nodes, setNodes] = useState<ChosenNode[]>([])
  const [way, setWay] = useState<AccessMode>('provisioned')
  const [reason, setReason] = useState('')
  const [cause, setCause] = useState(incident ?? forNone)
  const [reference, setReference] = useState('')
  const [chosen, setChosen] = useState<number>(usualSeconds)
  const [isDrill, setDrill] = useState(false)
  const [typed, setTyped] = useState('')
  const [isProved, setProved] = useState(confirmation.way === 'sign_in' && confirmation.isFresh)
  const proof = useRef<HTMLInputElement>(null)
  const secret = useRef<HTMLInputElement>(null)
  const invoke = useChange(
    ['break-glass', orgId],
    // The proof first: without it nothing is asked for.
    async ({
      password,
      ...input
    }: InvokeInput & { password: string | null }): Promise<ActionResult<{ id: string }>> => {
      if (password !== null) {
        const proved = await onConfirm({ password })
        if (!proved.ok) return proved
      }
      return invokeBreakGlass(input)
    },
    ({ id }: { id: string }) => router.push(`/break-glass/${id}`),
  )
  const [account] = subject
  const role = emergencyRoles.find((each) => each === what) ?? null
  const incidentId = cause === forNone ? null : cause
  const wanted = {
    role,
    identityId: role === null ? (account?.id ?? null) : null,
    mode: account && role === null ? way : ('runtime' as const),
    rights: role === null ? nodes.map(({ nodeId, scopes }) => ({ nodeId, scopes: split(scopes) })) : [],
    incidentId,
  }
  const isNamed = role !== null || nodes.length > 0
  const preview = useQuery({ ...breakGlassPreviewQuery(orgId, wanted), enabled: isNamed })
  const found = isNamed ? preview.data : undefined
  const seconds = isDrill ? Math.min(chosen, drillSeconds) : chosen
  const isMeant = typed.trim().toLowerCase() === confirmationWords
  const isReady =
    found !== undefined &&
    found.problem === null &&
    !found.isBlocked &&
    reason.trim().length >= 10 &&
    (incidentId !== null || reference.trim().length >= 3) &&
    isMeant &&
    isProved
  const start = () => {
    if (!found) return
    const [password, held] = [proof.current?.value ?? null, secret.current?.value ?? '']
    if (proof.current) proof.current.value = ''
    if (secret.current) secret.current.value = ''
    if (confirmation.way === 'password') setProved(false)
    void invoke.run({
      ...{ ...wanted, reason: reason.trim(), reference: reference.trim() || null, seconds, isDrill },
      ...{ listHash: found.listHash, confirmation: typed, password },
      ...(held === '' ? {} : { secret: held }),
    })
  }
  return (
    <>
      <PageHeader
        title="Break the glass"
        eyebrow={
          <Link href="/break-glass" className="hover:underline">
            Break-glass
          </Link>
        }
      >
        Access at once, that nobody agreed to. Everybody whose word is not waited for is told, and it is reviewed within
        a day. If there is time,{' '}
        <Link href="/grants/new" className="text-accent-ink hover:underline">
          ask for access
        </Link>{' '}
        instead.
      </PageHeader>
      <div className="grid lg:grid-cols-2">
        <Section title="What it is for">
          <div className="flex max-w-140 flex-col gap-4">
            <Field
              label="What is needed"
              isRequired
              hint={role === null ? 'Rights of an account, or at the decision point.' : roleSays[role]}
            >
              <Select
                value={what}
                onValueChange={setWhat}
                options={[
                  ...emergencyRoles.map((each) => ({ value: each, label: `The role ${each} here, for myself` })),
                  { value: ofAccount, label: 'Rights on systems' },
                ]}
              />
            </Field>
            {role === null ? (
              <>
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
                  <Field label="Where it counts">
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
                  <span className="text-sm font-medium">Which rights</span>
                  <NodePicker orgId={orgId} value={nodes} isRuntime={wanted.mode === 'runtime'} onChange={setNodes} />
                </div>
              </>
            ) : null}
            <Field label="Why it cannot wait" isRequired hint="Ten characters at least. It stays on record.">
              <Input
                value={reason}
                maxLength={1000}
                autoComplete="off"
                onChange={({ target }) => setReason(target.value)}
              />
            </Field>
            {incidents.length > 0 ? (
              <Field label="For an incident" hint="When it is over, the access ends.">
                <Select
                  value={cause}
                  onValueChange={setCause}
                  options={[
                    { value: forNone, label: 'For none of these' },
                    ...incidents.map(({ id, title }) => ({ value: id, label: title })),
                  ]}
                />
              </Field>
            ) : null}
            <Field
              label="Incident or ticket elsewhere"
              isRequired={incidentId === null}
              hint="The number that it has, or that is to follow."
            >
              <Input
                value={reference}
                maxLength={100}
                autoComplete="off"
                className="max-w-96"
                onChange={({ target }) => setReference(target.value)}
              />
            </Field>
            <Field label="For how long" hint="It is never extended.">
              <Select
                value={String(seconds)}
                onValueChange={(value) => setChosen(Number(value))}
                options={secondsChoices
                  .filter((step) => !isDrill || step <= drillSeconds)
                  .map((step) => ({ value: String(step), label: durationWords(step) }))}
              />
            </Field>
            <div className="flex items-start gap-2 text-sm">
              <Checkbox
                id="is-drill"
                checked={isDrill}
                onCheckedChange={(next) => setDrill(next === true)}
                className="mt-0.5"
              />
              <label htmlFor="is-drill">
                This is a drill
                <span className="block text-xs text-ink-muted">
                  The same way, marked as a drill, for a quarter of an hour at most. An alert that nobody has seen fails
                  it.
                </span>
              </label>
            </div>
            {wanted.mode === 'provisioned' && account ? (
              <SecretField
                box={secret}
                hint={`Not needed. With what ${account.name} signs in with, the end is shown by a try that is refused.`}
              />
            ) : null}
            <ProofField
              box={proof}
              confirmation={confirmation}
              onChange={setProved}
              error={isAppError(invoke.error) ? invoke.error.fields?.password : undefined}
            />
            <Field label={`Type “${confirmationWords}”`} isRequired>
              <Input
                value={typed}
                maxLength={100}
                autoComplete="off"
                className="max-w-96"
                onChange={({ target }) => setTyped(target.value)}
              />
            </Field>
            {invoke.error ? (
              <Alert tone="danger" isLive title="It was not done">
                {invoke.error.message}
              </Alert>
            ) : null}
            <div>
              <Button variant="danger" disabled={!isReady} isPending={invoke.isPending} onClick={start}>
                Break the glass for {durationWords(seconds)}
              </Button>
            </div>
          </div>
        </Section>
        <Section title="What it comes to" className="lg:border-l">
          {found ? (
            <Outcome preview={found} />
          ) : (
            <p className="text-sm text-ink-muted" aria-live="polite">
              {preview.error?.message ?? (isNamed ? 'Working it out.' : 'Name what is needed first.')}
            </p>
          )}
        </Section>
      </div>
    </>
  )
}

function Outcome({ preview }: { preview: UsePreview }) {
  const { role, rights, problem, impact, skipped, secondPerson, overdue, isBlocked } = preview
  return (
    <div className="flex flex-col gap-4 text-sm">
      {problem ? (
        <Alert tone="warning" title="It cannot be used like this">
          {problem}
        </Alert>
      ) : null}
      {isBlocked ? (
        <Alert
          tone="danger"
          title={overdue.length === 1 ? 'A review is overdue' : `${overdue.length} reviews are overdue`}
        >
          Until that is done it can only be used for a new incident of severity 1.{' '}
          <Link href={`/break-glass/${overdue[0]?.id}`} className="underline underline-offset-2">
            The oldest: {overdue[0]?.name}
          </Link>
        </Alert>
      ) : null}
      {secondPerson && !isBlocked ? (
        <Alert tone="warning" title="One second person has to agree">
          {secondPerson.says}
        </Alert>
      ) : null}
      {role === null ? (
        <ul className="flex flex-col gap-2" aria-label="What it would give">
          {rights.map(({ nodeId, name, says }) => (
            <li key={nodeId}>
              <span className="font-medium">{name}</span>
              <span className="block text-ink-muted">{says}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p>
          You would hold the role {role} at once, beside your own. Everything that you do meanwhile is marked in the
          audit trail.
        </p>
      )}
      {role === null ? <GrantImpact impact={impact} /> : null}
      <div>
        <h3 className="font-medium">Whose word is not waited for</h3>
        {skipped.length > 0 ? (
          <p className="text-ink-muted">
            {skipped.map(({ name }) => name).join(', ')}. They are told at once, and one of them says that they have
            seen it.
          </p>
        ) : (
          <p className="text-ink-muted">Nobody could have agreed. Whoever looks after security is told at once.</p>
        )}
      </div>
    </div>
  )
}
