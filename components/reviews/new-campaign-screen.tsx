'use client'

import Link from 'next/link'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { templatesQuery } from '@/lib/reviews/queries'
import type { ReviewTemplate, TemplatePage } from '@/lib/reviews/templates'
import { CampaignBuilder } from './campaign-builder'
import { templateParsers } from './review-address'
import { levelLabels, templateLabels } from './review-words'
import { TemplateActions } from './template-actions'

/** The address of a template: of the product by its kind, of the organization by its id. */
const nameOf = ({ id, kind }: ReviewTemplate): string => id ?? kind

/** A new campaign: first from which template, then the form filled in from it. */
export function NewCampaignScreen({ orgId, first }: { orgId: string; first: ActionResult<TemplatePage> }) {
  const { data, error, retry } = useLoaded(templatesQuery(orgId), first)
  const [{ template: wanted }, setAddress] = useAddress(templateParsers, { history: 'push' })
  const template = data?.items.find((each) => nameOf(each) === wanted)
  return (
    <>
      <PageHeader
        title="New campaign"
        eyebrow={
          <Link href="/reviews" className="hover:underline">
            Reviews
          </Link>
        }
      >
        {template
          ? `From “${template.name}”. Change whatever you want; nobody is asked before you launch it.`
          : 'Begin with what you want to know. Everything can be changed afterwards.'}
      </PageHeader>
      {!data ? (
        <Refusal what="templates of reviews" error={error} onRetry={retry} />
      ) : template ? (
        <CampaignBuilder key={nameOf(template)} orgId={orgId} from={{ template }} />
      ) : (
        <Section title="Templates">
          <ul className="grid gap-2 md:grid-cols-2 xl:grid-cols-3">
            {data.items.map((each) => (
              <li key={nameOf(each)} className="flex flex-col gap-1">
                <button
                  type="button"
                  onClick={() => setAddress({ template: nameOf(each) })}
                  className="flex w-full flex-1 flex-col gap-0.5 rounded-md border bg-raised px-3 py-2.5 text-left text-sm hover:bg-hover"
                >
                  <span className="font-medium">{each.name}</span>
                  <span className="text-ink-muted">{each.description}</span>
                  <span className="mt-auto pt-1 text-xs text-ink-muted">
                    {each.id === null ? 'Comes with Bailiwick' : `Saved by ${each.updatedBy ?? 'somebody'}`},{' '}
                    {levelLabels[each.level].toLowerCase()}
                    {each.id !== null && each.kind !== 'custom' ? `, ${templateLabels[each.kind].toLowerCase()}` : ''}
                  </span>
                </button>
                <TemplateActions orgId={orgId} template={each} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
