'use client'

import { X } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { IconButton } from '@/components/ui/icon-button'
import { type DroppedParameter, keptSearch } from '@/lib/platform/browser/dropped-parameters'

/** What there is none of, by the parameter; of others it is a value. */
const things: Record<string, string> = {
  sort: 'order',
  dir: 'direction',
  group: 'grouping',
  tab: 'tab',
  cols: 'column',
  open: 'group',
  density: 'row height',
  at: 'row',
}

function why({ name, text, why }: DroppedParameter): string {
  if (why === 'unknown') return 'this means nothing on this page'
  if (why === 'repeated') return 'this stands there twice; the first counts'
  if (text === '…') return 'this looks like a secret, so it is left out'
  const thing = things[name] ?? 'value'
  return why === 'partly' && text.includes(',') ? `there are no such ${thing}s` : `there is no such ${thing}`
}

/** What of an address was left aside, and a way to be rid of it. */
export function DroppedNotice({ dropped }: { dropped: DroppedParameter[] }) {
  const dismiss = () => {
    const { pathname, search, hash } = window.location
    window.history.replaceState(null, '', `${pathname}${keptSearch(new URLSearchParams(search), dropped)}${hash}`)
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
        {dropped.map((one) => (
          <li key={one.at} className="break-words">
            <code className="font-mono text-xs">{clip(one.text === '' ? one.name : `${one.name}=${one.text}`)}</code>:{' '}
            {why(one)}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
