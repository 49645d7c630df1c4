'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Form } from '@/components/ui/form'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { ForbiddenState } from '@/components/ui/state-block'
import { notifyDone } from '@/components/ui/toast'
import { testConnection, updateConnection } from '@/lib/connections/actions'
import type { Connection, LiveSystem, SystemList } from '@/lib/connections/live'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { AboutFields, aboutOf, settingsOf } from './about-fields'
import { changedConfig, fieldErrors, typedOf } from './connection-form'
import { SignInFields } from './sign-in-fields'

interface EditConnectionScreenProps {
  orgId: string
  connection: ActionResult<Connection>
  systems: ActionResult<SystemList>
}

/** Changes what a connection is called, who answers for it, when it syncs and how it signs in. */
export function EditConnectionScreen({ orgId, connection, systems }: EditConnectionScreenProps) {
  if (!connection.ok) return <Refusal what="connection" error={connection.error} />
  if (!systems.ok) return <Refusal what="systems" error={systems.error} />
  const { id, name, can, connector, instance, systemTitle } = connection.data
  const system = systems.data.items.find((each) => each.id === connector)
  return (
    <>
      <PageHeader
        title={`Edit ${name}`}
        eyebrow={
          <>
            <Link href="/connections" className="hover:underline">
              Connections
            </Link>
            <span aria-hidden>/</span>
            <Link href={`/connections/${id}`} className="hover:underline">
              {name}
            </Link>
          </>
        }
      >
        {systemTitle}, source {instance}. What it has read stays as it is until the next sync.
      </PageHeader>
      {can.update && system ? (
        <ChangedConnection orgId={orgId} connection={connection.data} system={system} />
      ) : (
        <ForbiddenState
          title="You may not change this connection"
          actions={
            <Button asChild>
              <Link href="/ask?role=security&for=connection:update">Ask for the role security for a time</Link>
            </Button>
          }
        >
          Your role does not allow this; the role security does.
        </ForbiddenState>
      )}
    </>
  )
}

function ChangedConnection({
  orgId,
  connection,
  system,
}: {
  orgId: string
  connection: Connection
  system: LiveSystem
}) {
  const { id } = connection
  const router = useRouter()
  const queries = useQueryClient()
  const [values, setValues] = useState(() => typedOf(system, connection.config))
  const [about, setAbout] = useState(() => aboutOf(connection))
  const { config, isElsewhere } = changedConfig(system, connection.config, values)
  const change = Object.keys(config).length > 0 ? { config } : {}
  const test = useMutation({ mutationFn: () => takeResult(testConnection({ id, ...change })) })
  const save = useMutation({
    mutationFn: () => takeResult(updateConnection({ id, ...settingsOf(about), ...change })),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: ['connections', orgId] })
      notifyDone(`${name} saved`)
      router.push(`/connections/${id}`)
    },
  })
  const failure = save.error ?? test.error
  const errors = fieldErrors(isAppError(failure) ? failure.fields : undefined)
  return (
    <Form
      aria-label="Connection"
      className="gap-0"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Section title="In Bailiwick">
        <div className="flex max-w-120 flex-col gap-4">
          <AboutFields
            orgId={orgId}
            about={about}
            errors={errors}
            onChange={(next) => {
              save.reset()
              setAbout(next)
            }}
          />
        </div>
      </Section>
      <Section title="Sign in">
        <SignInFields
          system={system}
          values={values}
          errors={errors}
          stored={isElsewhere ? 'needed' : 'kept'}
          test={test}
          onChange={(next) => {
            test.reset()
            save.reset()
            setValues(next)
          }}
        />
      </Section>
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t bg-canvas px-4 py-3 md:px-6">
        {save.error ? (
          <Alert tone="danger" isLive className="w-full max-w-160">
            {save.error.message}
          </Alert>
        ) : null}
        <Button type="submit" variant="primary" isPending={save.isPending}>
          Save changes
        </Button>
        <Button asChild variant="ghost">
          <Link href={`/connections/${id}`}>Cancel</Link>
        </Button>
      </div>
    </Form>
  )
}
