import { cut as cutText, groupBy, plainText as oneLine } from '../rules'
import type { Fact } from '../schema'
import { kindFacts, type NotificationKind } from '../values'

export interface Told {
  kind: NotificationKind
  subject: string
  facts: readonly Fact[]
  path: string
}

export interface Envelope {
  /** Where the product is: `https://bailiwick.example.org`. */
  site: string
  organization: string
  reader: string
}

export interface Composed {
  subject: string
  text: string
  html: string
}

/** Names from outside must not become links: readers make one of everything that looks like an address. */
const plainText = (text: string) =>
  oneLine(text)
    .replaceAll('://', ':/ /')
    .replace(/\bwww\./gi, 'www .')
const cut = (text: string, most: number) => cutText(plainText(text), most)

/** In one digest so many are told of; the rest is counted. */
const mostInDigest = 50

/** One e-mail about one thing. Its links open pages; nothing is done by opening one. */
export function presentNotice(told: Told, envelope: Envelope): Composed {
  const { facts, path, kind } = told
  const subject = cut(told.subject, 150)
  const link = linkTo(envelope, path)
  const lines = facts.map(({ label, value }) => `${plainText(label)}: ${plainText(value)}`)
  const text = [
    `Hello ${plainText(envelope.reader)},`,
    '',
    `${subject}.`.replace(/([.!?…])\.$/, '$1'),
    ...(lines.length > 0 ? ['', ...lines] : []),
    '',
    `See it in Bailiwick: ${link}`,
    ...footer(envelope),
  ].join('\n')
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><td style="padding:2px 16px 2px 0;color:#56666b;vertical-align:top">${shown(label)}</td><td style="padding:2px 0">${shown(value)}</td></tr>`,
  )
  const html = page(
    subject,
    `<p>Hello ${shown(envelope.reader)},</p><p style="font-size:16px"><b>${shown(subject)}</b></p>${
      rows.length > 0 ? `<table style="border-collapse:collapse">${rows.join('')}</table>` : ''
    }<p style="margin:20px 0"><a href="${escaped(link)}" style="background:#0b5563;color:#ffffff;padding:8px 14px;border-radius:6px;text-decoration:none">Open in Bailiwick</a></p><p style="color:#56666b">${shown(kindFacts[kind].says)}</p>`,
    envelope,
  )
  return { subject, text, html }
}

/** One e-mail about all that was told since the last. */
export function presentDigest(told: readonly Told[], way: 'daily' | 'weekly', envelope: Envelope): Composed {
  const listed = told.slice(0, mostInDigest)
  const rest = told.length - listed.length
  const things = told.length === 1 ? '1 notification' : `${told.length} notifications`
  const subject = `${envelope.organization}: ${things} of the ${way === 'daily' ? 'day' : 'week'}`
  const groups = [...groupBy(listed, ({ kind }) => kind)].map(([kind, items]) => ({
    title: kindFacts[kind].title,
    items: items.map((item) => ({ subject: cut(item.subject, 200), link: linkTo(envelope, item.path) })),
  }))
  const more = rest > 0 ? `${rest} more: ${linkTo(envelope, '/notifications')}` : undefined
  const text = [
    `Hello ${plainText(envelope.reader)},`,
    ...groups.flatMap(({ title, items }) => ['', title, ...items.map((item) => `- ${item.subject}\n  ${item.link}`)]),
    ...(more ? ['', more] : []),
    ...footer(envelope),
  ].join('\n')
  const body = groups.map(
    ({ title, items }) =>
      `<p style="margin:18px 0 4px"><b>${shown(title)}</b></p><ul style="margin:0;padding-left:18px">${items
        .map(
          (item) =>
            `<li style="margin:4px 0"><a href="${escaped(item.link)}" style="color:#0b5563">${shown(item.subject)}</a></li>`,
        )
        .join('')}</ul>`,
  )
  const html = page(
    subject,
    `<p>Hello ${shown(envelope.reader)},</p>${body.join('')}${
      rest > 0
        ? `<p><a href="${escaped(linkTo(envelope, '/notifications'))}" style="color:#0b5563">${rest} more</a></p>`
        : ''
    }`,
    envelope,
  )
  return { subject: cut(subject, 150), text, html }
}

/** What is sent to find out whether e-mail arrives. */
export function presentTest(envelope: Envelope): Composed {
  const subject = 'A test e-mail from Bailiwick'
  const says = 'E-mail from Bailiwick arrives. There is nothing to do.'
  return {
    subject,
    text: [`Hello ${plainText(envelope.reader)},`, '', says, ...footer(envelope)].join('\n'),
    html: page(subject, `<p>Hello ${shown(envelope.reader)},</p><p>${says}</p>`, envelope),
  }
}

const linkTo = ({ site }: Envelope, path: string) => new URL(path, `${site}/`).href

function footer(envelope: Envelope): string[] {
  return [
    '',
    '-- ',
    `Organization: ${plainText(envelope.organization)}`,
    `What is sent to you, and when: ${linkTo(envelope, '/settings/notifications')}`,
    '',
  ]
}

function page(title: string, body: string, envelope: Envelope): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${shown(title)}</title></head><body style="font:14px/1.5 system-ui,sans-serif;color:#10242a;background:#ffffff;max-width:600px;margin:0 auto;padding:16px">${body}<p style="margin-top:28px;border-top:1px solid #d5dddf;padding-top:10px;font-size:12px;color:#56666b">Organization: ${shown(envelope.organization)} · <a href="${escaped(linkTo(envelope, '/settings/notifications'))}" style="color:#56666b">What is sent to you, and when</a></p></body></html>`
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '')
const shown = (text: string) => escaped(plainText(text))
