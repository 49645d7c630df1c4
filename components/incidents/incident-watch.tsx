'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { incidentListQuery } from '@/lib/incidents/queries'
import { keyOfOpen } from './incident-words'

/** Has the page drawn again when an incident began, changed or ended since it was. `drawn` is what the banner was drawn from. */
export function IncidentWatch({ orgId, drawn }: { orgId: string; drawn: string }) {
  const router = useRouter()
  const asked = useRef(drawn)
  const open = useQuery({ ...incidentListQuery(orgId, { state: 'open' }), refetchIntervalInBackground: true }).data
    ?.items
  useEffect(() => {
    if (!open) return
    const now = keyOfOpen(open.map(({ id, severity, commander }) => ({ id, severity, commanderId: commander.id })))
    if (now === drawn || now === asked.current) return
    asked.current = now
    router.refresh()
  }, [open, drawn, router])
  return null
}
