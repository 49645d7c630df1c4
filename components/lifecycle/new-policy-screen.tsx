'use client'

import Link from 'next/link'
import { PageHeader } from '@/components/ui/page-header'
import { PolicyEditor } from './policy-editor'

/** A new policy, with what it would do before it is kept. */
export function NewPolicyScreen({ orgId }: { orgId: string }) {
  return (
    <>
      <PageHeader
        title="New rotation policy"
        eyebrow={
          <Link href="/runs/policies" className="hover:underline">
            Rotation policies
          </Link>
        }
      >
        Nothing happens while you write. Beside the form stands what it would do, and when.
      </PageHeader>
      <PolicyEditor orgId={orgId} />
    </>
  )
}
