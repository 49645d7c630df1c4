'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Select } from '@/components/ui/select'
import { notifyDone } from '@/components/ui/toast'
import { createConnection, testNewConnection } from '@/lib/connections/actions'
import type { LiveSystem, SystemList } from '@/lib/connections/live'
import { connectionsQuery } from '@/lib/connections/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { ConfigFields, configOf, fieldErrors } from './connection-form'
import { intervals } from './sync-words'
import { evidenceWords, Instructions, SemanticsCards } from './system-cards'
import { TestReport } from './test-report'

/** Adds a connection: the system, its instructions, the form, a test of it, and when to sync. */
export function AddConnectionScreen({ orgId, systems }: { orgId: string; systems: ActionResult<SystemList> }) {
  const items = systems.ok ? systems.data.items : []
  const [chosen, setChosen] = useState(items[0]?.id ?? '')
  const system = items.find(({ id }) => id === chosen)
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
        Nothing is read before you have tested it and added it.
      </PageHeader>
      {systems.ok ? null : <Refusal what="systems" error={systems.error} />}
      {system ? (
        <>
          <Section title="System" detail={evidenceWords(system.evidence)}>
            <Select
              label="System"
              className="w-full max-w-80"
              options={items.map(({ id, title, evidence }) => ({
                value: id,
                label: title,
                hint: evidenceWords(evidence),
              }))}
              value={chosen}
              onValueChange={setChosen}
            />
          </Section>
          <Section title="What to run there first" detail="The least rights that suffice. Choose your own password.">
            <Instructions system={system} />
          </Section>
          <ConnectionForm key={system.id} orgId={orgId} system={system} />
          <Section title="What revoking does there">
            <SemanticsCards system={system} />
          </Section>
        </>
      ) : null}
    </>
  )
}

function ConnectionForm({ orgId, system }: { orgId: string; system: LiveSystem }) {
  const router = useRouter()
  const queries = useQueryClient()
  const [values, setValues] = useState<Record<string, string>>({})
  const [about, setAbout] = useState({ name: '', instance: '', environment: '' })
  const [every, setEvery] = useState('60')
  const config = configOf(system, values)
  const test = useMutation({
    mutationFn: () => takeResult(testNewConnection({ connector: system.id, config })),
  })
  const add = useMutation({
    mutationFn: () =>
      takeResult(
        createConnection({
          connector: system.id,
          config,
          name: about.name,
          instance: about.instance || about.name,
          environment: about.environment || null,
          intervalMinutes: every === 'none' ? null : Number(every),
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
  const change = (name: string, value: string) => {
    test.reset()
    add.reset()
    setValues({ ...values, [name]: value })
  }
  const text = (name: keyof typeof about) => ({
    value: about[name],
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => {
      add.reset()
      setAbout({ ...about, [name]: event.target.value })
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Section title="How to sign in" detail="Secrets are encrypted when they are stored and never shown again.">
        <div className="flex max-w-120 flex-col gap-4">
          <ConfigFields system={system} values={values} errors={errors} onChange={change} />
          <div>
            <Button isPending={test.isPending} onClick={() => test.mutate()}>
              Test
            </Button>
          </div>
          {test.data ? <TestReport result={test.data} /> : null}
        </div>
      </Section>
      <Section title="In Bailiwick">
        <div className="flex max-w-120 flex-col gap-4">
          <Field label="Name" isRequired error={errors.name}>
            <Input {...text('name')} />
          </Field>
          <Field
            label="Name of the source"
            hint="Files of the same system and source name tell of the same identities. Empty: the name above."
            error={errors.instance}
          >
            <Input {...text('instance')} />
          </Field>
          <Field
            label="Environment"
            hint="For identities of which the source does not say it: production, staging …"
            error={errors.environment}
          >
            <Input {...text('environment')} />
          </Field>
          <Field label="Sync" error={errors.intervalMinutes}>
            <Select
              options={intervals.map(({ minutes, label }) => ({ value: String(minutes ?? 'none'), label }))}
              value={every}
              onValueChange={setEvery}
            />
          </Field>
          {failure ? (
            <Alert tone="danger" isLive>
              {failure.message}
            </Alert>
          ) : null}
          <div>
            <Button type="submit" variant="primary" isPending={add.isPending}>
              Add connection
            </Button>
          </div>
        </div>
      </Section>
    </form>
  )
}
