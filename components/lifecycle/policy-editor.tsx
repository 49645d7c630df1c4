'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { notifyDone } from '@/components/ui/toast'
import { createRotationPolicy, updateRotationPolicy } from '@/lib/lifecycle/actions'
import type { RotationPolicyDetail } from '@/lib/lifecycle/policies'
import { isAppError } from '@/lib/platform/errors'
import { LeaveGuard } from '../organizations/leave-guard'
import { BeginPart, CarePart, CoverPart } from './policy-fields'
import { PolicyPreviewPanel } from './policy-preview'
import { useLifecycleChange } from './use-lifecycle-change'
import { usePolicyForm } from './use-policy-form'

interface PolicyEditorProps {
  orgId: string
  /** Absent: a new one is made. */
  policy?: RotationPolicyDetail
}

/** A policy as it is written, and beside it what it would do. */
export function PolicyEditor({ orgId, policy }: PolicyEditorProps) {
  const router = useRouter()
  const form = usePolicyForm(orgId, policy)
  const [isTried, setIsTried] = useState(false)
  const act = async (input: Parameters<typeof createRotationPolicy>[0]) =>
    policy ? updateRotationPolicy({ ...input, id: policy.id, version: policy.version }) : createRotationPolicy(input)
  const { run, isPending, error } = useLifecycleChange(orgId, act, (saved) => {
    form.settle()
    setIsTried(false)
    notifyDone(policy ? `Saved as version ${saved.version}` : `${saved.name} is kept`)
    router.push(policy ? `/runs/policies/${saved.id}` : '/runs/due')
    router.refresh()
  })
  const refused = isAppError(error) ? (error.fields ?? {}) : {}
  const errorOf = (path: string) => refused[path] ?? (isTried ? form.errors.get(path) : undefined)
  const save = async () => {
    setIsTried(true)
    if (form.errors.size === 0) await run(form.input)
  }
  return (
    <form
      aria-label={policy ? 'Change the policy' : 'New policy'}
      className="grid grid-cols-1 lg:grid-cols-[minmax(0,1fr)_24rem]"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <LeaveGuard isDirty={form.isDirty && !isPending} what="the policy" onDiscard={form.reset} />
      <div className="min-w-0">
        <CoverPart orgId={orgId} form={form} errorOf={errorOf} />
        <BeginPart orgId={orgId} form={form} errorOf={errorOf} />
        <CarePart form={form} errorOf={errorOf} />
        <div className="flex flex-col gap-3 border-t px-4 py-4 md:px-6">
          {error && Object.keys(refused).length === 0 ? (
            <Alert tone="danger" isLive title="It was not saved">
              {error.message}
            </Alert>
          ) : null}
          {isTried && form.errors.size > 0 ? (
            <p role="alert" className="text-sm text-danger-ink">
              {[...form.errors.values()][0]}
            </p>
          ) : null}
          <div className="flex gap-2">
            <Button
              type="submit"
              variant="primary"
              isPending={isPending}
              disabled={policy !== undefined && !form.isDirty}
            >
              {policy ? 'Save as a new version' : 'Keep this policy'}
            </Button>
            {policy ? (
              <Button variant="ghost" disabled={!form.isDirty} onClick={form.reset}>
                Discard changes
              </Button>
            ) : null}
          </div>
        </div>
      </div>
      <div className="border-t lg:border-t-0 lg:border-l">
        <div className="lg:sticky lg:top-0">
          <PolicyPreviewPanel form={form} />
        </div>
      </div>
    </form>
  )
}
