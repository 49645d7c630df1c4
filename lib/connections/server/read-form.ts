import { z } from 'zod'
import { AppError } from '@/lib/platform/errors'
import type { UploadedFile } from './map-file'

const Columns = z.record(z.string().max(64), z.string().max(1024))

function readColumns(text: string): Record<string, string> {
  try {
    return Columns.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('invalid_input', 'The column mapping is not a JSON object of texts.', {
      fields: { columns: 'is not a JSON object of texts' },
      cause,
    })
  }
}

/**
 * The files of an upload form: any number of `files`, and for all of them `instance` (what the source is called, where the
 * files do not say) and `columns` (CSV only: a JSON object from our column to the file's header).
 * @throws AppError `invalid_input`, naming the field
 */
export async function readForm(form: FormData): Promise<UploadedFile[]> {
  const instance = form.get('instance')
  const columns = form.get('columns')
  const files = form.getAll('files')
  for (const name of form.keys()) {
    if (!['files', 'instance', 'columns'].includes(name))
      throw new AppError('invalid_input', `There is no field "${name}" in this form.`, {
        fields: { [name]: 'is unknown' },
      })
  }
  return Promise.all(
    files.map(async (file) => {
      if (typeof file === 'string')
        throw new AppError('invalid_input', 'The field "files" must hold files.', {
          fields: { files: 'must be a file' },
        })
      return {
        name: file.name.replaceAll(/\p{Cc}/gu, ' ').slice(0, 255),
        bytes: new Uint8Array(await file.arrayBuffer()),
        ...(typeof instance === 'string' && instance.trim() !== '' ? { instance: instance.trim().slice(0, 200) } : {}),
        ...(typeof columns === 'string' && columns !== '' ? { columns: readColumns(columns) } : {}),
      }
    }),
  )
}
