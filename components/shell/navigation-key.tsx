'use client'

import { useRouter } from 'next/navigation'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { NavigationEntry } from './navigation'

/** Binds the keys that go to a place. */
export function NavigationKey({ entry }: { entry: NavigationEntry }) {
  const router = useRouter()
  useShortcut({ keys: entry.keys, label: entry.label, group: 'Go to' }, () => router.push(entry.href))
  return null
}
