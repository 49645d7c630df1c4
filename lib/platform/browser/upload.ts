import type { z } from 'zod'
import { ApiError, problemToError } from './api'

export interface Upload<Output> {
  form: FormData
  schema: z.ZodType<Output>
  /** Share of the bytes sent, 0 to 1; 1 means that the server is at work. */
  onProgress: (share: number) => void
  signal?: AbortSignal
}

/**
 * Sends a form with files to the product's own API, telling how far it is, which `fetch` cannot.
 * @throws ApiError as `apiFetch`; `AbortError` when aborted
 */
export function upload<Output>(
  path: `/api/${string}`,
  { form, schema, onProgress, signal }: Upload<Output>,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.setRequestHeader('accept', 'application/json')
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0)
    request.upload.onload = () => onProgress(1)
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'))
    request.onerror = () =>
      reject(new ApiError('upstream_failed', 'The server could not be reached. Nothing was changed.', 0))
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        const headers = { 'x-request-id': request.getResponseHeader('x-request-id') ?? '' }
        problemToError(new Response(request.responseText, { status: request.status, headers })).then(reject, reject)
        return
      }
      const parsed = schema.safeParse(parseJson(request.responseText))
      if (parsed.success) resolve(parsed.data)
      else
        reject(new ApiError('internal', 'The server answered in a form that this page does not know.', request.status))
    }
    signal?.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
