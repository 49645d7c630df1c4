'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { HowItWorks } from '@/components/ui/how-it-works'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { requestRole } from '@/lib/grants/actions'
import type { RoleChoices } from '@/lib/grants/schema'
import { type AskableRole, durationSteps } from '@/lib/grants/values'
import { durationWords, roleSays } from './grant-words'
import { useGrantChange } from './use-grant-change'

interface AskRoleScreenProps {
  orgId: string
  choices: RoleChoices
  /** What a denial asks for. */
  role: AskableRole | null
  permission: string | null
}

const proposedSeconds = 3600

/** Asks for a role in this organization, for oneself and for a time: where every refusal leads to. */
export function AskRoleScreen({ orgId, choices, role, permission }: AskRoleScreenProps) {
  const router = useRouter()
  const free = choices.items.filter(({ isHeld }) => !isHeld)
  const [wanted, setWanted] = useState<AskableRole | undefined>(
    free.some((each) => each.role === role) && role ? role : free[0]?.role,
  )
  const [task, setTask] = useState('')
  const [ticket, setTicket] = useState('')
  const [chosen, setChosen] = useState(proposedSeconds)
  const request = useGrantChange(orgId, requestRole, ({ id }) => router.push(`/grants/${id}`))
  const choice = free.find((each) => each.role === wanted)
  const seconds = Math.min(chosen, choice?.longestSeconds ?? chosen)
  return (
    <>
      <PageHeader
        title="Ask for a role"
        eyebrow={
          <Link href="/grants" className="hover:underline">
            Access
          </Link>
        }
      >
        For yourself, for one task, and for no longer than it takes. Your own role, {choices.role}, stays as it is.
      </PageHeader>
      <HowItWorks>
        <p>
          Somebody else agrees: administrators and security see it in their inbox under Access. Then you begin it there,
          and the clock starts. From its end on nothing counts it any more; you can give it back before. Everything done
          with it is in the audit trail.
        </p>
      </HowItWorks>
      {permission ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="notice" title="Filled in from what was refused">
            What is missing is <span className="font-mono text-xs">{permission}</span>. Say what it is needed for, and
            ask.
          </Alert>
        </div>
      ) : null}
      <Section title="What it is for">
        {choice && choices.can.request ? (
          <div className="flex max-w-140 flex-col gap-4">
            <Field label="Which role" isRequired hint={roleSays[choice.role]}>
              <Select
                value={choice.role}
                onValueChange={(value) => setWanted(free.find((each) => each.role === value)?.role)}
                options={free.map((each) => ({ value: each.role, label: each.role }))}
              />
            </Field>
            <Field label="The task" isRequired hint="In words: whoever agrees reads it, and it stays on record.">
              <Input value={task} maxLength={500} autoComplete="off" onChange={({ target }) => setTask(target.value)} />
            </Field>
            <Field label="Ticket" hint="When it is closed, the role ends.">
              <Input
                value={ticket}
                maxLength={100}
                autoComplete="off"
                onChange={({ target }) => setTicket(target.value)}
              />
            </Field>
            <Field label="For how long" isRequired hint={`At most ${durationWords(choice.longestSeconds)}.`}>
              <Select
                value={String(seconds)}
                onValueChange={(value) => setChosen(Number(value))}
                options={durationSteps
                  .filter((step) => step <= choice.longestSeconds)
                  .map((step) => ({ value: String(step), label: durationWords(step) }))}
              />
            </Field>
            <p className="text-sm">
              {choice.needed === 1 ? 'One other person agrees' : `${choice.needed} other people agree`}.{' '}
              {choice.approverCount < choice.needed ? 'At this moment there are not enough who could.' : null}
              {choice.openId ? (
                <Link href={`/grants/${choice.openId}`} className="text-accent-ink hover:underline">
                  You have asked for it already.
                </Link>
              ) : null}
            </p>
            {request.error ? (
              <Alert tone="danger" isLive title="It was not asked for">
                {request.error.message}
              </Alert>
            ) : null}
            <div>
              <Button
                variant="primary"
                disabled={task.trim().length < 5 || choice.openId !== null}
                isPending={request.isPending}
                onClick={() =>
                  void request.run({ role: choice.role, task: task.trim(), ticket: ticket.trim() || null, seconds })
                }
              >
                Ask for {durationWords(seconds)}
              </Button>
            </div>
          </div>
        ) : (
          <p className="max-w-[72ch] text-sm text-ink-muted">
            {choice
              ? 'Your role asks for no other: whoever audits stays apart from whoever acts. Ask an administrator.'
              : 'You hold every role that there is.'}
          </p>
        )}
      </Section>
    </>
  )
}
