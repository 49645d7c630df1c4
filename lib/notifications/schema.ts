import { z } from 'zod'
import { notificationKinds, notificationWays } from './values'

export const NotificationKind = z.enum(notificationKinds)
export const NotificationWay = z.enum(notificationWays)

export const Fact = z.object({ label: z.string(), value: z.string() })
export type Fact = z.infer<typeof Fact>

export const Notification = z.object({
  id: z.uuid(),
  kind: NotificationKind,
  subject: z.string(),
  facts: z.array(Fact),
  /** Where in the product it can be seen: a path. */
  path: z.string(),
  /** Something waits for the person. */
  isWaiting: z.boolean(),
  /** How often the same was told; only the first time by e-mail. */
  times: z.int(),
  createdAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
})
export type Notification = z.infer<typeof Notification>

export const NotificationPage = z.object({
  /** Unread ones first, the newest of each first. */
  items: z.array(Notification),
  nextCursor: z.string().nullable(),
})
export type NotificationPage = z.infer<typeof NotificationPage>

/** More are not counted. */
export const mostUnread = 100
export const UnreadCount = z.object({ unread: z.int().min(0).max(mostUnread) })
export type UnreadCount = z.infer<typeof UnreadCount>

export const NotificationQuery = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  unread: z.enum(['true', 'false']).optional(),
})
export type NotificationQuery = z.infer<typeof NotificationQuery>
export type NotificationQueryInput = z.input<typeof NotificationQuery>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>
export const MarkReadInput = ById.extend({ isRead: z.boolean().default(true) })
export type MarkReadInput = z.input<typeof MarkReadInput>

export const MarkAllReadInput = z.strictObject({
  /** What came after this moment stays unread: the person has not seen it. */
  until: z.iso.datetime(),
})
export type MarkAllReadInput = z.input<typeof MarkAllReadInput>
export const MarkedAll = z.object({ marked: z.int() })
export type MarkedAll = z.infer<typeof MarkedAll>

// Choices

const TimeZone = z.string().trim().min(1).max(64)
const Hour = z.int('Choose a full hour.').min(0).max(23)
const Weekday = z.int('Choose a day.').min(1).max(7)

export const NotificationPreferences = z.object({
  /** By kind, what holds now. */
  ways: z.record(NotificationKind, NotificationWay),
  timeZone: z.string(),
  hour: Hour,
  weekday: Weekday,
  /** Whether the person ever chose. */
  isChosen: z.boolean(),
  /** When the next digests would come. */
  nextDaily: z.iso.datetime(),
  nextWeekly: z.iso.datetime(),
  /** Whether this organization sends e-mail at all. */
  isMailOn: z.boolean(),
})
export type NotificationPreferences = z.infer<typeof NotificationPreferences>

export const UpdatePreferencesInput = z.strictObject({
  ways: z.partialRecord(NotificationKind, NotificationWay).default({}),
  timeZone: TimeZone.optional(),
  hour: Hour.optional(),
  weekday: Weekday.optional(),
})
export type UpdatePreferencesInput = z.input<typeof UpdatePreferencesInput>

// The mail server

export const mailTlsModes = ['starttls', 'tls', 'off'] as const
const MailTls = z.enum(mailTlsModes)
export type MailTls = z.infer<typeof MailTls>

const oneLine = /^[^\r\n]*$/
const Address = z
  .string()
  .trim()
  .max(254, 'Use at most 254 characters.')
  .pipe(z.email('Write an e-mail address, such as bailiwick@example.com.'))

export const OwnMailServer = z.strictObject({
  host: z
    .string()
    .trim()
    .min(1, 'Name the server.')
    .max(253, 'Use at most 253 characters.')
    .regex(/^[A-Za-z0-9.:_[\]-]+$/, 'Write a host name or an address, without a path.'),
  port: z.coerce.number().int('A port is a whole number.').min(1, 'At least 1.').max(65_535, 'At most 65535.'),
  tls: MailTls,
  username: z.string().trim().max(254).regex(oneLine).nullable().default(null),
  /** Not given: the stored one stays. */
  password: z.string().min(1).max(1000).nullable().optional(),
  caPem: z
    .string()
    .trim()
    .max(100_000)
    .regex(/^(|-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----)$/, 'Paste the certificate as PEM.')
    .nullable()
    .default(null),
  fromAddress: Address,
  fromName: z.string().trim().max(100, 'Use at most 100 characters.').regex(oneLine).nullable().default(null),
})
export type OwnMailServer = z.input<typeof OwnMailServer>

export const UpdateMailSettingsInput = z.discriminatedUnion('way', [
  z.strictObject({ way: z.literal('installation') }),
  z.strictObject({ way: z.literal('off') }),
  OwnMailServer.extend({ way: z.literal('own') }),
])
export type UpdateMailSettingsInput = z.input<typeof UpdateMailSettingsInput>

export const MailSettings = z.object({
  way: z.enum(['installation', 'own', 'off']),
  /** Whether e-mail is sent as it stands. */
  isOn: z.boolean(),
  /** What whoever runs the installation set for all; null = nothing. Its password is never shown. */
  installation: z.object({ host: z.string(), port: z.int(), from: z.string() }).nullable(),
  own: z
    .object({
      host: z.string(),
      port: z.int(),
      tls: MailTls,
      username: z.string().nullable(),
      hasPassword: z.boolean(),
      caPem: z.string().nullable(),
      fromAddress: z.string(),
      fromName: z.string().nullable(),
    })
    .nullable(),
  updatedAt: z.iso.datetime().nullable(),
  updatedBy: z.string().nullable(),
  can: z.object({ update: z.boolean(), test: z.boolean() }),
})
export type MailSettings = z.infer<typeof MailSettings>

export const MailTest = z.object({
  isSent: z.boolean(),
  to: z.string(),
  /** What happened, in a sentence. */
  says: z.string(),
})
export type MailTest = z.infer<typeof MailTest>

export const UndeliveredMail = z.object({
  id: z.uuid(),
  /** To whom: name and address as of the last try. */
  to: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  /** `retrying`: it is tried again at `nextAt`; `undelivered`: it is not. */
  state: z.enum(['retrying', 'undelivered']),
  attempts: z.int(),
  says: z.string(),
  /** Who was told in their stead; null = nobody. */
  toldInstead: z.string().nullable(),
  createdAt: z.iso.datetime(),
  nextAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
})
export type UndeliveredMail = z.infer<typeof UndeliveredMail>
export const UndeliveredMailPage = z.object({ items: z.array(UndeliveredMail), nextCursor: z.string().nullable() })
export type UndeliveredMailPage = z.infer<typeof UndeliveredMailPage>
export const UndeliveredQuery = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type UndeliveredQuery = z.infer<typeof UndeliveredQuery>
export type UndeliveredQueryInput = z.input<typeof UndeliveredQuery>
