'use client'

import { X } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { IconButton } from '@/components/ui/icon-button'
import type { DroppedParameter } from '@/lib/platform/browser/dropped-parameters'

const whys: Record<DroppedParameter['why'], string> = {
  unknown: 'is no filter of this list',
  malformed: 'is not a value of it',
  repeated: 'stands there twice',
}

/** What of an address was left aside, and a way to be rid of it. */
export function DroppedNotice({ dropped, onDismiss }: { dropped: DroppedParameter[]; onDismiss: () => void }) {
  return (
    <Alert
      tone="warning"
      isLive
      className="rounded-none border-x-0 border-t-0 px-4 md:px-6"
      title={dropped.length === 1 ? 'A part of this address was left aside' : 'Parts of this address were left aside'}
      actions={
        <IconButton label="Take them out of the address" size="sm" onClick={onDismiss}>
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
