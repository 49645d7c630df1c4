import { z } from 'zod'
import { AppError } from '@/lib/platform/errors'
import type { UploadForm } from '@/lib/platform/http/upload-form'
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
export function readForm(form: UploadForm): UploadedFile[] {
  const said = (name: string) => form.fields.find((field) => field.name === name)?.value ?? ''
  const known = ['files', 'instance', 'columns']
  for (const name of [...form.fields.map((field) => field.name), ...form.files.map(({ field }) => field)]) {
    if (!known.includes(name))
      throw new AppError('invalid_input', `There is no field "${name}" in this form.`, {
        fields: { [name]: 'is unknown' },
      })
  }
  const isMisplaced =
    form.fields.some(({ name }) => name === 'files') || form.files.some(({ field }) => field !== 'files')
  if (isMisplaced)
    throw new AppError('invalid_input', 'The field "files" must hold files, and no other field may.', {
      fields: { files: 'must be a file' },
    })
  const instance = said('instance').trim().slice(0, 200)
  const columns = said('columns')
  return form.files.map(({ name, fd, at, size }) => ({
    name: name.replaceAll(/\p{Cc}/gu, ' ').slice(0, 255),
    fd,
    at,
    size,
    ...(instance === '' ? {} : { instance }),
    ...(columns === '' ? {} : { columns: readColumns(columns) }),
  }))
}
