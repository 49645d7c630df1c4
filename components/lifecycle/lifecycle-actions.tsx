'use client'

import { OctagonX, RotateCw } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import type { OrderTarget } from '@/lib/lifecycle/schema'
import { useMay } from '../shell/permissions'

const loadRevoke = () => import('./revoke-dialog').then((module) => ({ default: module.RevokeDialog }))
const loadRotate = () => import('./rotate-dialog').then((module) => ({ default: module.RotateDialog }))
const RevokeDialog = lazy(loadRevoke)
const RotateDialog = lazy(loadRotate)

export type LifecycleDeed = 'rotate' | 'revoke'

interface LifecycleActionsProps {
  orgId: string
  targets: OrderTarget[]
  /** What it is called, when it is one. */
  name?: string
  /** What the address asks for: its preview is open at once. */
  asked?: LifecycleDeed | null
  onAskedChange?: (asked: LifecycleDeed | null) => void
  size?: 'sm' | 'md'
  onOrdered?: () => void
}

/** Rotate and revoke, each behind its preview. Nothing is offered to whoever may not ask for it. */
export function LifecycleActions(props: LifecycleActionsProps) {
  const { orgId, targets, name, asked, onAskedChange, size = 'md', onOrdered } = props
  const mayAsk = useMay('lifecycle_order:request')
  const [own, setOwn] = useState<LifecycleDeed | null>(null)
  const open = asked === undefined ? own : asked
  const setOpen = onAskedChange ?? setOwn
  if (!mayAsk || targets.length === 0) return null
  const dialog = { orgId, targets, name, onClose: () => setOpen(null), onOrdered }
  return (
    <>
      <Button
        size={size}
        icon={<RotateCw aria-hidden />}
        onPointerEnter={() => void loadRotate()}
        onClick={() => setOpen('rotate')}
      >
        Rotate
      </Button>
      <Button
        size={size}
        variant="danger-outline"
        icon={<OctagonX aria-hidden />}
        onPointerEnter={() => void loadRevoke()}
        onClick={() => setOpen('revoke')}
      >
        Revoke
      </Button>
      <Suspense fallback={null}>
        {open === 'rotate' ? <RotateDialog {...dialog} /> : null}
        {open === 'revoke' ? <RevokeDialog {...dialog} /> : null}
      </Suspense>
    </>
  )
}
