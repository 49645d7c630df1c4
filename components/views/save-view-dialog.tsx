'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { notifyDone } from '@/components/ui/toast'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { CreateViewInput, type View, type ViewedList, type ViewQuery } from '@/lib/views/schema'
import { QueryWords } from './query-words'
import { useViewChanges } from './use-view-changes'

interface SaveViewDialogProps {
  orgId: string
  list: ViewedList
  /** What the new view will show; of a view that is renamed, what it shows. */
  query: ViewQuery
  /** The view to rename; absent for a new one. */
  view?: View
  mayShare: boolean
  onClose: () => void
  onSaved?: (view: View) => void
}

const ViewForm = z.object({
  name: CreateViewInput.shape.name,
  isShared: z.boolean(),
  isDefault: z.boolean(),
})
type ViewForm = z.output<typeof ViewForm>

const rows = 'Filters, order, grouping, columns and density, under a name.'
const kept: Record<ViewedList, string> = {
  identities: rows,
  credentials: rows,
  paths: 'Both ends, the kinds of steps and how many paths, under a name.',
}

/** Gives a view its name, and says who sees it and whether it opens by itself. */
export function SaveViewDialog(props: SaveViewDialogProps) {
  const { orgId, list, query, view, mayShare, onClose, onSaved } = props
  const { create, update, prefer } = useViewChanges(orgId)
  const form = useForm<ViewForm>({
    resolver: zodResolver(ViewForm),
    defaultValues: {
      name: view?.name ?? '',
      isShared: view?.origin === 'shared',
      isDefault: view?.isDefault ?? false,
    },
  })
  const { errors, isSubmitting } = form.formState
  const save = form.handleSubmit(async ({ name, isShared, isDefault }) => {
    try {
      const saved = view
        ? await update.mutateAsync({ id: view.id, name, isShared })
        : await create.mutateAsync({ list, name, query, isShared })
      if (isDefault !== (view?.isDefault ?? false)) {
        prefer.mutate({ list, defaultView: isDefault ? saved.id : null })
      }
      notifyDone(`View ${saved.name} saved`)
      onClose()
      onSaved?.(saved)
    } catch (error) {
      showRefusal(form, error)
    }
  })
  return (
    <Dialog open onOpenChange={(open) => (open || isSubmitting ? undefined : onClose())}>
      <DialogContent
        title={view ? `Rename ${view.name}` : 'Save this view'}
        description={view ? undefined : kept[list]}
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="view" variant="primary" isPending={isSubmitting}>
              Save view
            </Button>
          </>
        }
      >
        <form id="view" noValidate className="flex flex-col gap-4" onSubmit={(event) => void save(event)}>
          <Field label="Name" isRequired error={errors.name?.message}>
            <Input autoComplete="off" {...form.register('name')} />
          </Field>
          {list === 'paths' ? null : <QueryWords query={query} />}
          {mayShare ? (
            <Field
              label="Share with everybody in the organization"
              layout="inline"
              hint="Each sees only what they may see; you and administrators can change it."
            >
              <Checkbox {...form.register('isShared')} />
            </Field>
          ) : null}
          <Field label={`Open it by itself when I open ${list}`} layout="inline">
            <Checkbox {...form.register('isDefault')} />
          </Field>
          {errors.root?.message ? (
            <Alert tone="danger" isLive>
              {errors.root.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}
