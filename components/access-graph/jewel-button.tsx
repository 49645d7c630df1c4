'use client'

import { useQuery } from '@tanstack/react-query'
import { Crown } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { crownJewelsQuery } from '@/lib/access-graph/queries'
import { JewelUnmarkDialog } from './jewel-unmark-dialog'
import { useJewelChange } from './use-jewel-change'

interface JewelButtonProps {
  orgId: string
  node: { id: string; name: string }
}

/** Marks something as worth most, or takes the mark away; nothing for who may not. */
export function JewelButton({ orgId, node }: JewelButtonProps) {
  const { data } = useQuery(crownJewelsQuery(orgId))
  const { mark } = useJewelChange(orgId)
  const [isAsking, setIsAsking] = useState(false)
  if (!data?.can.mark) return null
  const jewel = data.items.find((item) => item.node.id === node.id)
  if (!jewel) {
    return (
      <Button
        icon={<Crown aria-hidden />}
        isPending={mark.isPending}
        onClick={() => mark.mutate({ nodeId: node.id, name: node.name })}
      >
        Mark as crown jewel
      </Button>
    )
  }
  return (
    <>
      <Button icon={<Crown className="text-accent-ink" aria-hidden />} onClick={() => setIsAsking(true)}>
        Unmark crown jewel…
      </Button>
      <JewelUnmarkDialog orgId={orgId} jewel={isAsking ? jewel : undefined} onClose={() => setIsAsking(false)} />
    </>
  )
}
