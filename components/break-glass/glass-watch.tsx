'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { breakGlassListQuery } from '@/lib/break-glass/queries'
import { keyOfUses } from './break-glass-words'

/** Has the page drawn again when the glass was broken, seen, ended or reviewed since it was. `drawn` is what the banner was drawn from. */
export function GlassWatch({ orgId, drawn }: { orgId: string; drawn: string }) {
  const router = useRouter()
  const asked = useRef(drawn)
  const uses = useQuery({ ...breakGlassListQuery(orgId, {}), refetchIntervalInBackground: true }).data?.items
  useEffect(() => {
    if (!uses) return
    const now = keyOfUses(uses)
    if (now === drawn || now === asked.current) return
    asked.current = now
    router.refresh()
  }, [uses, drawn, router])
  return null
}
