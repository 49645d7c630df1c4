import type { Context } from '@/lib/platform/context'
import type { CreateTemplateInput, ReviewTemplate } from '../templates'

export async function createTemplate(_ctx: Context, _input: CreateTemplateInput): Promise<ReviewTemplate> {
  throw new Error('being built')
}
