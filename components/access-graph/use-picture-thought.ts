'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Picture } from '@/lib/access-graph/blast-radius'
import { whatIfQuery } from '@/lib/access-graph/queries'
import { type PictureThought, pictureThought } from './picture-thought'
import { useWhatIf } from './use-what-if'
import { countChanges, noChanges } from './what-if-address'

/** What the changes of the address would do to the picture; null without any, and as long as that is not known. */
export function usePictureThought(
  orgId: string,
  identityId: string,
  picture: Picture | undefined,
): PictureThought | null {
  const { changes } = useWhatIf()
  const isOn = changes !== null && countChanges(changes) > 0
  const answer = useQuery({ ...whatIfQuery(orgId, identityId, changes ?? noChanges), enabled: isOn })
  const data = answer.isPlaceholderData ? undefined : answer.data
  return useMemo(
    () => (isOn && data && picture ? pictureThought(picture, identityId, changes, data) : null),
    [isOn, data, picture, identityId, changes],
  )
}
