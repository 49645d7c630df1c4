/** The words of notifications that screens and the worker share. Without Zod, so that the bell is small. */

export const notificationKinds = [
  'review_assigned',
  'review_reminder',
  'review_escalated',
  'review_closed',
  'run_needs_person',
  'order_waits',
  'order_decided',
  'grant_waits',
  'grant_decided',
  'grant_overran',
  'incident',
  'break_glass',
  'break_glass_review',
  'drill_finished',
  'reappeared',
  'mail_undelivered',
] as const
export type NotificationKind = (typeof notificationKinds)[number]

/** How somebody is told. All but `off` show it in the product at once. */
export const notificationWays = ['at_once', 'daily', 'weekly', 'in_app', 'off'] as const
export type NotificationWay = (typeof notificationWays)[number]

export const wayLabels: Record<NotificationWay, string> = {
  at_once: 'E-mail at once',
  daily: 'Daily e-mail',
  weekly: 'Weekly e-mail',
  in_app: 'Only in Bailiwick',
  off: 'Not at all',
}

export interface KindFacts {
  title: string
  says: string
  /** Something waits for this very person: it is always shown in the product. */
  isWaiting: boolean
  /** It is about e-mail that does not arrive: never told by e-mail. */
  isInAppOnly?: boolean
  /** Unless the person chose another. */
  way: NotificationWay
}

export const kindFacts: Record<NotificationKind, KindFacts> = {
  review_assigned: {
    title: 'A review is assigned to you',
    says: 'Items wait for your decision.',
    isWaiting: true,
    way: 'at_once',
  },
  review_reminder: {
    title: 'A review is still open',
    says: 'You have not decided on everything, and the deadline comes near.',
    isWaiting: true,
    way: 'at_once',
  },
  review_escalated: {
    title: 'A review was passed on to you',
    says: 'Somebody did not decide in time, and you are next.',
    isWaiting: true,
    way: 'at_once',
  },
  review_closed: {
    title: 'A review was closed',
    says: 'One that you started or took part in, with what came of it.',
    isWaiting: false,
    way: 'daily',
  },
  run_needs_person: {
    title: 'A run needs a person',
    says: 'A rotation, revocation or drill stopped and cannot go on by itself.',
    isWaiting: true,
    way: 'at_once',
  },
  order_waits: {
    title: 'An order waits for a second person',
    says: 'Nothing is done before you or somebody else agrees.',
    isWaiting: true,
    way: 'at_once',
  },
  order_decided: {
    title: 'Your order was decided',
    says: 'A second person agreed or refused, or nobody did in time.',
    isWaiting: false,
    way: 'at_once',
  },
  grant_waits: {
    title: 'Access waits for your word',
    says: 'Somebody asked for access for one task. Nothing is given before somebody else agrees.',
    isWaiting: true,
    way: 'at_once',
  },
  grant_decided: {
    title: 'Your request for access was decided',
    says: 'Somebody agreed or refused, nobody did in time, or it could not be given.',
    isWaiting: false,
    way: 'at_once',
  },
  grant_overran: {
    title: 'Access has outlived its end',
    says: 'A right that should be gone may still be at its source.',
    isWaiting: true,
    way: 'at_once',
  },
  incident: {
    title: 'An incident began, changed or ended',
    says: 'While it is open, policies see it, and grants are looked at again.',
    isWaiting: false,
    way: 'at_once',
  },
  break_glass: {
    title: 'Somebody broke the glass',
    says: 'Access at once that nobody agreed to. Somebody has to say that they have seen it.',
    isWaiting: true,
    way: 'at_once',
  },
  break_glass_review: {
    title: 'A use of break-glass waits for review',
    says: 'Somebody who had no part in it reviews it within a day.',
    isWaiting: true,
    way: 'at_once',
  },
  drill_finished: {
    title: 'A drill has ended',
    says: 'With what it showed.',
    isWaiting: false,
    way: 'daily',
  },
  reappeared: {
    title: 'Something that was cut off is there again',
    says: 'An account, credential or secret that was revoked here has come back.',
    isWaiting: true,
    way: 'at_once',
  },
  mail_undelivered: {
    title: 'E-mail does not arrive',
    says: 'For administrators. Only in Bailiwick, for obvious reasons.',
    isWaiting: false,
    isInAppOnly: true,
    way: 'in_app',
  },
}

/** What a person may choose for a kind. */
export function waysOf(kind: NotificationKind): NotificationWay[] {
  const { isWaiting, isInAppOnly } = kindFacts[kind]
  return notificationWays.filter(
    (way) => !(isWaiting && way === 'off') && !(isInAppOnly && ['at_once', 'daily', 'weekly'].includes(way)),
  )
}

/** Monday is 1, as in ISO 8601. */
export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** When digests come to somebody who chose nothing. */
export const digestDefaults = { timeZone: 'UTC', hour: 8, weekday: 1 } as const

export const mailTlsLabels = {
  starttls: 'STARTTLS (mostly port 587)',
  tls: 'TLS from the first byte (mostly port 465)',
  off: 'None: only to this machine or a network that was opened',
} as const
