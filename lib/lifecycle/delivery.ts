import { z } from 'zod'

/** The ways in which a new secret gets to where it is used. */

/** In a path and an address: the account's id in the inventory, its name and its system, with nothing in them that could lead elsewhere. */
export const placeholders = ['{id}', '{identity}', '{system}'] as const

const plain = (text: string) => text.replaceAll(/\{(id|identity|system)\}/g, 'x')

/** `reveal`: a link for one named person, good once. */
const Reveal = z.strictObject({ way: z.literal('reveal'), userId: z.uuid() })

/** A file on this machine, in a folder that whoever runs the installation has opened (DELIVERY_FOLDERS). */
const File = z.strictObject({
  way: z.literal('file'),
  path: z
    .string()
    .max(500)
    .regex(/^\/[^\0]*[^/\0]$/, 'Write a whole path, such as /srv/secrets/{identity}-{id}.')
    .refine(
      (path) =>
        plain(path)
          .split('/')
          .every((part) => part !== '..' && part !== '.'),
      'Write the path without “.” and “..”.',
    )
    .refine((path) => !/[{}]/.test(plain(path)), `Only ${placeholders.join(', ')} stand for something.`),
})

/** A signed message to an address over HTTPS; only an answer of 2xx counts. */
const Webhook = z.strictObject({
  way: z.literal('webhook'),
  url: z
    .url({ protocol: /^https?$/, error: 'Write an address that begins with https://.' })
    .max(500)
    .refine((url) => {
      const { username, password, hash } = URL.parse(url) ?? {}
      return !username && !password && !hash
    }, 'Write the address without a name, a password or a fragment: the message is signed instead.'),
})

const placePart = (what: string, form: RegExp) =>
  z
    .string()
    .trim()
    .min(1, `Name the ${what}.`)
    .max(300)
    .refine((text) => form.test(plain(text)), `Write the ${what} with letters, digits, dots, dashes and underscores.`)

/** Where programs read their secrets, through one of the organization's live connections. */
const Store = z.strictObject({
  way: z.literal('store'),
  connectionId: z.uuid(),
  /** A mount of Vault, a namespace of Kubernetes. */
  folder: placePart('place', /^[\w.-]+(\/[\w.-]+)*$/),
  /** A path, the name of a Secret. */
  name: placePart('entry', /^[\w.-]+(\/[\w.-]+)*$/),
  field: placePart('field', /^[\w.-]+$/),
})

export const Delivery = z.discriminatedUnion('way', [Reveal, File, Webhook, Store])
export type Delivery = z.infer<typeof Delivery>

/** Whether two accounts would get the same place. Messages say whose they are; a file must not be another account's. */
export const isForOneOnly = (delivery: Delivery): boolean =>
  (delivery.way === 'file' && !delivery.path.includes('{id}')) ||
  (delivery.way === 'store' && !`${delivery.name} ${delivery.field}`.includes('{id}'))

/** Where it goes, in a few words. */
export function deliveryWords(delivery: Delivery): string {
  if (delivery.way === 'file') return `the file ${delivery.path}`
  if (delivery.way === 'store') return `${delivery.folder}/${delivery.name}, ${delivery.field}`
  if (delivery.way === 'webhook') return `a signed message to ${URL.parse(delivery.url)?.host ?? delivery.url}`
  return 'a link for one person'
}

/** A link before it is opened: looking at it opens nothing. */
export const SecretLink = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  identity: z.string(),
  system: z.string(),
  state: z.enum(['open', 'opened', 'expired', 'withdrawn']),
  expiresAt: z.iso.datetime(),
  openedAt: z.iso.datetime().nullable(),
  asOf: z.iso.datetime(),
})
export type SecretLink = z.infer<typeof SecretLink>

/** The secret, once: to the named person alone, and to nobody a second time. */
export const RevealedSecret = z.object({
  runId: z.uuid(),
  /** What a program signs in as with it. */
  identity: z.string(),
  secret: z.string(),
  openedAt: z.iso.datetime(),
})
export type RevealedSecret = z.infer<typeof RevealedSecret>
