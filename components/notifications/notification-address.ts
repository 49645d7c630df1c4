import { createLoader } from 'nuqs/server'
import { exactText, wordOf } from '@/lib/platform/browser/address-parsers'

export const notificationParsers = {
  show: wordOf(['unread'] as const),
  after: exactText(500),
}

export const loadNotificationAddress = createLoader(notificationParsers)

/** What the list asks for at an address. */
export const askedOf = ({ show, after }: { show: 'unread' | null; after: string | null }) => ({
  ...(show === 'unread' ? { unread: 'true' as const } : {}),
  ...(after ? { cursor: after } : {}),
})
