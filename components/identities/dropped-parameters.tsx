'use client'

import { X } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { Alert } from '@/components/ui/alert'
import { IconButton } from '@/components/ui/icon-button'
import { type DroppedParameter, droppedParameters, keptSearch } from '@/lib/platform/browser/dropped-parameters'

const whys: Record<DroppedParameter['why'], string> = {
  unknown: 'is no filter of this list',
  malformed: 'is not a value of it',
  repeated: 'stands there twice',
}

interface DroppedParametersProps {
  /** What the list reads of the address: `identityParsers` or `credentialParsers`. */
  parsers: Parameters<typeof droppedParameters>[1]
  /** Parameters that something else on the page reads. */
  others?: readonly string[]
}

/**
 * Says what of the address the list does not understand and therefore leaves aside. Dismissed, those parameters leave the
 * address. Put it between `FilterBar` and `DataTable`: `<DroppedParameters parsers={identityParsers} />`.
 */
export function DroppedParameters({ parsers, others }: DroppedParametersProps) {
  const search = new URLSearchParams(useSearchParams())
  const dropped = droppedParameters(search, parsers, others)
  if (dropped.length === 0) return null
  const dismiss = () => {
    const { pathname, hash } = window.location
    const kept = keptSearch(new URLSearchParams(window.location.search), parsers, others)
    window.history.replaceState(null, '', `${pathname}${kept}${hash}`)
  }
  return (
    <Alert
      tone="warning"
      isLive
      className="rounded-none border-x-0 border-t-0 px-4 md:px-6"
      title={dropped.length === 1 ? 'A part of this address was left aside' : 'Parts of this address were left aside'}
      actions={
        <IconButton label="Take them out of the address" size="sm" onClick={dismiss}>
          <X aria-hidden />
        </IconButton>
      }
    >
      <ul>
        {dropped.map(({ at, name, text, why }) => (
          <li key={at} className="break-words">
            <code className="font-mono text-xs">{clip(text === '' ? name : `${name}=${text}`)}</code> {whys[why]}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
