'use client'

import { useQuery } from '@tanstack/react-query'
import { Crown } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { crownJewelsQuery } from '@/lib/access-graph/queries'
import { useJewelChange } from './use-jewel-change'

interface JewelButtonProps {
  orgId: string
  node: { id: string; name: string }
}

/** Marks something as worth most, or takes the mark away; nothing for who may not. */
export function JewelButton({ orgId, node }: JewelButtonProps) {
  const { data } = useQuery(crownJewelsQuery(orgId))
  const { mark, unmark } = useJewelChange(orgId)
  if (!data?.can.mark) return null
  const jewel = data.items.find((item) => item.node.id === node.id)
  if (jewel) {
    return (
      <Button
        icon={<Crown className="text-accent-ink" aria-hidden />}
        isPending={unmark.isPending}
        onClick={() => unmark.mutate(jewel)}
      >
        Unmark as crown jewel
      </Button>
    )
  }
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
