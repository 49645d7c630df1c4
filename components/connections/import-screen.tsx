import { PageHeader } from '@/components/ui/page-header'
import { RefusalLater as Refusal } from '@/components/ui/refusal-later'
import type { FormatList, ImportList } from '@/lib/connections/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { FormatGuides } from './format-guides'
import { ImportHistory } from './import-history'
import { UploadForm } from './upload-form'

export interface ImportScreenProps {
  orgId: string
  initial: ActionResult<ImportList>
  /** What is recognised, how such files are made, and how much may come at once. */
  formats: ActionResult<FormatList>
}

/** Where files come in, how they are made, and what became of those before. */
export function ImportScreen({ orgId, initial, formats }: ImportScreenProps) {
  if (!initial.ok && initial.error.code === 'forbidden') {
    return (
      <>
        <PageHeader title="Import" />
        <Refusal what="imports" error={initial.error} />
      </>
    )
  }
  const mayUpload = initial.ok && initial.data.can.preview === true
  return (
    <>
      <PageHeader title="Import">
        Bring in exports that you already have. You see what would change before anything does; the files themselves are
        not kept.
      </PageHeader>
      {mayUpload && formats.ok ? <UploadForm orgId={orgId} limits={formats.data.limits} /> : null}
      {formats.ok ? <FormatGuides formats={formats.data.items} /> : null}
      <ImportHistory orgId={orgId} initial={initial} />
    </>
  )
}
