import { describe, expect, it } from 'vitest'
import { presentDigest, presentNotice, presentTest, type Told } from './present-mail'

const envelope = { site: 'https://bailiwick.example', organization: 'Acme & Sons', reader: 'Ana <b>Nowak</b>' }
const told = (no: number): Told => ({
  kind: 'order_waits',
  subject: `Order ${no} waits`,
  facts: [],
  path: `/orders/${no}`,
})
const hrefs = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)

describe('an e-mail', () => {
  it('says the same as text and as HTML, with the page of the thing and that of the choice', () => {
    const path = '/orders?state=waiting&x="><script>'
    const { subject, text, html } = presentNotice(
      { ...told(1), facts: [{ label: 'By', value: 'Ada & <Co>' }], path },
      envelope,
    )
    expect(subject).toBe('Order 1 waits')
    expect(text).toContain('Hello Ana <b>Nowak</b>,')
    expect(text).toContain('By: Ada & <Co>')
    expect(text).toContain('https://bailiwick.example/orders?state=waiting&x=%22%3E%3Cscript%3E')
    expect(html).toContain('Hello Ana &lt;b&gt;Nowak&lt;/b&gt;,')
    expect(html).toContain('Ada &amp; &lt;Co&gt;')
    expect(html).not.toContain('<script>')
    expect(hrefs(html)).toEqual([
      'https://bailiwick.example/orders?state=waiting&amp;x=%22%3E%3Cscript%3E',
      'https://bailiwick.example/settings/notifications',
    ])
  })

  it('about many tells of fifty and counts the rest', () => {
    const many = Array.from({ length: 60 }, (_, index) => told(index))
    const { subject, text, html } = presentDigest(many, 'weekly', envelope)
    expect(subject).toBe('Acme & Sons: 60 notifications of the week')
    expect(text.match(/- Order/g)).toHaveLength(50)
    expect(text).toContain('10 more: https://bailiwick.example/notifications')
    expect(hrefs(html)).toHaveLength(52)
    expect(presentDigest([told(1)], 'daily', envelope).subject).toBe('Acme & Sons: 1 notification of the day')
  })

  it('for a test says that there is nothing to do', () => {
    expect(presentTest(envelope).text).toContain('There is nothing to do.')
  })
})
