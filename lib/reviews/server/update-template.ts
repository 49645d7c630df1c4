import type { Context } from '@/lib/platform/context'
import type { ReviewTemplate, UpdateTemplateInput } from '../templates'

export async function updateTemplate(_ctx: Context, _input: UpdateTemplateInput): Promise<ReviewTemplate> {
  throw new Error('being built')
}

export async function deleteTemplate(_ctx: Context, _input: { id: string }): Promise<void> {
  throw new Error('being built')
}
