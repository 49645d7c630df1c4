'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Minus, Plus } from 'lucide-react'
import { useState } from 'react'
import { updateMember } from '@/lib/organizations/actions'
import { membersQuery } from '@/lib/organizations/queries'
import { roleChange } from '@/lib/organizations/rules'
import type { Member, MemberRole } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatWord } from '@/lib/platform/browser/format'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { Field } from '../ui/field'
import { notifyDone } from '../ui/toast'
import { RoleSelect } from './role-select'

export interface ChangeRoleDialogProps {
  orgId: string
  member: Member
  onClose: () => void
}

/** Chooses a role and shows what the member gains and loses before it is done. */
export function ChangeRoleDialog({ orgId, member, onClose }: ChangeRoleDialogProps) {
  const [role, setRole] = useState<MemberRole>(member.role)
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: () => takeResult(updateMember({ id: member.id, role })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: membersQuery(orgId).queryKey })
      notifyDone(`${member.name} is ${withArticle(role)} now`, 'It counts from the next request on.')
      onClose()
    },
  })
  const isSame = role === member.role
  return (
    <Dialog open onOpenChange={(open) => (open || change.isPending ? undefined : onClose())}>
      <DialogContent
        title={`Change the role of ${member.name}`}
        description={`Now ${withArticle(member.role)}.`}
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button variant="primary" disabled={isSame} isPending={change.isPending} onClick={() => change.mutate()}>
              {isSame ? 'Choose another role' : `Make ${member.name} ${withArticle(role)}`}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label="Role" isRequired>
            <RoleSelect value={role} onValueChange={setRole} />
          </Field>
          {isSame ? null : <RoleDifference from={member.role} to={role} />}
          {member.isYou && !isSame ? (
            <Alert tone="warning">This is you. You may not be able to take it back yourself.</Alert>
          ) : null}
          {change.error ? (
            <Alert tone="danger" isLive>
              {change.error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}

function RoleDifference({ from, to }: { from: MemberRole; to: MemberRole }) {
  const { gains, loses } = roleChange(from, to)
  return (
    <ul aria-label="What changes" aria-live="polite" className="flex flex-col gap-1 text-sm">
      {gains.map((ability) => (
        <li key={ability} className="flex items-start gap-2">
          <Plus className="mt-0.5 size-3.5 shrink-0 text-good-ink" aria-hidden />
          <span>
            <span className="text-ink-muted">Gains: </span>
            {ability}
          </span>
        </li>
      ))}
      {loses.map((ability) => (
        <li key={ability} className="flex items-start gap-2">
          <Minus className="mt-0.5 size-3.5 shrink-0 text-danger-ink" aria-hidden />
          <span>
            <span className="text-ink-muted">Loses: </span>
            {ability}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** `an admin`, `a reviewer`; `security` stands for a person of that role. */
function withArticle(role: MemberRole): string {
  if (role === 'security') return 'a security analyst'
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${formatWord(role)}`
}
