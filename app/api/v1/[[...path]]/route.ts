import { answerNowhere } from '@/lib/platform/http/answer-nowhere'

export const GET = answerNowhere
export const HEAD = answerNowhere
export const POST = answerNowhere
export const PUT = answerNowhere
export const PATCH = answerNowhere
export const DELETE = answerNowhere
