'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { ForbiddenState } from '@/components/ui/state-block'
import { notifyDone } from '@/components/ui/toast'
import { createConnection, testNewConnection } from '@/lib/connections/actions'
import type { LiveSystem, SystemList } from '@/lib/connections/live'
import { connectionsQuery } from '@/lib/connections/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { textUpTo } from '@/lib/platform/browser/address-parsers'
import { useAddress } from '@/lib/platform/browser/use-address'
import { isAppError } from '@/lib/platform/errors'
import { AboutFields, noAbout, settingsOf } from './about-fields'
import { configOf, fieldErrors, usualOf } from './connection-form'
import { SignInFields } from './sign-in-fields'
import { Instructions, ReadingWords, SemanticsCards } from './system-cards'
import { SystemChoice } from './system-choice'

/** The system that is chosen, so that a link can lead to it. */
const parsers = { system: textUpTo(60) }

interface AddConnectionScreenProps {
  orgId: string
  systems: ActionResult<SystemList>
  /** Whether this person may add connections at all. */
  mayAdd: boolean
}

/** Adds a connection: the system, its instructions, the form, a test of it, and when to sync. */
export function AddConnectionScreen({ orgId, systems, mayAdd }: AddConnectionScreenProps) {
  const items = systems.ok ? systems.data.items : []
  const [{ system: asked }, setAddress] = useAddress(parsers)
  const system = items.find(({ id }) => id === asked) ?? items[0]
  return (
    <>
      <PageHeader
        title="Add a connection"
        eyebrow={
          <Link href="/connections" className="hover:underline">
            Connections
          </Link>
        }
      >
        Nothing is stored before you add it, and nothing is read before that either.
      </PageHeader>
      {systems.ok ? null : <Refusal what="systems" error={systems.error} />}
      {systems.ok && !mayAdd ? (
        <ForbiddenState
          title="You may not add connections"
          actions={
            <Button asChild>
              <Link href="/ask?role=security&for=connection:create">Ask for the role security for a time</Link>
            </Button>
          }
        >
          Your role does not allow this; the role security does.
        </ForbiddenState>
      ) : null}
      {system && mayAdd ? (
        <>
          <Section title="1. System">
            <SystemChoice systems={items} chosen={system.id} onChoose={(id) => setAddress({ system: id })} />
          </Section>
          <Section title="2. Prepare an account there" detail="The least rights that suffice; choose one.">
            <Instructions system={system} />
          </Section>
          <NewConnection key={system.id} orgId={orgId} system={system} />
          <Section title="What a sync reads">
            <ReadingWords reading={system.reading} />
          </Section>
          <Section title={`What revoking does in ${system.title}`}>
            <SemanticsCards system={system} />
          </Section>
        </>
      ) : null}
    </>
  )
}

function NewConnection({ orgId, system }: { orgId: string; system: LiveSystem }) {
  const router = useRouter()
  const queries = useQueryClient()
  const [values, setValues] = useState(() => usualOf(system))
  const [about, setAbout] = useState(noAbout)
  const [instance, setInstance] = useState('')
  const config = configOf(system, values)
  const test = useMutation({
    mutationFn: () => takeResult(testNewConnection({ connector: system.id, config })),
  })
  const add = useMutation({
    mutationFn: () =>
      takeResult(
        createConnection({
          ...{ connector: system.id, config, instance: instance.trim() || about.name },
          ...settingsOf(about),
        }),
      ),
    onSuccess: async ({ id, name }) => {
      await queries.invalidateQueries({ queryKey: connectionsQuery(orgId).queryKey })
      notifyDone(`${name} added`)
      router.push(`/connections/${id}`)
    },
  })
  const failure = add.error ?? test.error
  const errors = fieldErrors(isAppError(failure) ? failure.fields : undefined)
  return (
    <Form
      aria-label="New connection"
      className="gap-0"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Section
        title="3. Sign in"
        detail="Secrets are encrypted when they are stored and never shown again."
        className="last:border-b"
      >
        <SignInFields
          system={system}
          values={values}
          errors={errors}
          test={test}
          onChange={(next) => {
            test.reset()
            add.reset()
            setValues(next)
          }}
        />
      </Section>
      <Section title="4. In Bailiwick" className="last:border-b">
        <div className="flex max-w-120 flex-col gap-4">
          <AboutFields
            orgId={orgId}
            about={about}
            errors={errors}
            onChange={(next) => {
              add.reset()
              setAbout(next)
            }}
          >
            <Field
              label="Name of the source"
              hint="The same as in imports of its files, so that both tell of the same identities. Empty: the name above."
              error={errors.instance}
            >
              <Input
                autoComplete="off"
                maxLength={120}
                value={instance}
                onChange={(event) => {
                  add.reset()
                  setInstance(event.target.value)
                }}
              />
            </Field>
          </AboutFields>
          {add.error ? (
            <Alert tone="danger" isLive>
              {add.error.message}
            </Alert>
          ) : null}
          <div>
            <Button type="submit" variant="primary" isPending={add.isPending}>
              Add connection
            </Button>
          </div>
        </div>
      </Section>
    </Form>
  )
}
