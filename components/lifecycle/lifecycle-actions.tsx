'use client'

import { OctagonX, RotateCw } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import type { OrderScope } from '@/lib/lifecycle/queries'
import { useMay } from '../shell/permissions'

const loadRevoke = () => import('./revoke-dialog').then((module) => ({ default: module.RevokeDialog }))
const loadRotate = () => import('./rotate-dialog').then((module) => ({ default: module.RotateDialog }))
const RevokeDialog = lazy(loadRevoke)
const RotateDialog = lazy(loadRotate)

export type LifecycleDeed = 'rotate' | 'revoke'

interface LifecycleActionsProps {
  orgId: string
  scope: Exclude<OrderScope, { agentId: string }>
  /** An AI agent is stopped with all that it alone acts by. */
  agentId?: string
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
  const { orgId, scope, agentId, name, asked, onAskedChange, size = 'md', onOrdered } = props
  const mayAsk = useMay('lifecycle_order:request')
  const [own, setOwn] = useState<LifecycleDeed | null>(null)
  const open = asked === undefined ? own : asked
  const setOpen = onAskedChange ?? setOwn
  if (!mayAsk || ('targets' in scope && scope.targets.length === 0)) return null
  const dialog = { orgId, name, onClose: () => setOpen(null), onOrdered }
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
        {agentId ? 'Kill switch' : 'Revoke'}
      </Button>
      <Suspense fallback={null}>
        {open === 'rotate' ? <RotateDialog {...dialog} scope={scope} /> : null}
        {open === 'revoke' ? <RevokeDialog {...dialog} scope={agentId ? { agentId } : scope} /> : null}
      </Suspense>
    </>
  )
}
