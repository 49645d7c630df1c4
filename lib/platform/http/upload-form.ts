import { createHash, type Hash } from 'node:crypto'
import { AppError } from '../errors'
import { openSpool, type Spool, type SpooledBytes } from '../files/spool'
import { type MultipartEvents, MultipartProblem, MultipartReader } from './multipart'

/** A file of a form: on disk, without a name there. */
interface FormFile extends SpooledBytes {
  field: string
  /** As the sender calls it; not a path to be trusted. */
  name: string
  sha256: string
}

/** A form with files, which lie in a temporary file until it is closed. */
export interface UploadForm {
  fields: { name: string; value: string }[]
  files: FormFile[]
  close: () => void
}

const fieldBytes = 1024 * 1024
const mostParts = 1_000

const notAForm = (cause?: unknown) =>
  new AppError('invalid_input', 'Send the files as a form (multipart/form-data).', {
    fields: { body: 'is not a valid multipart form' },
    cause,
  })

/** The boundary that a content type names. @throws AppError `invalid_input` when it is of no form */
export function boundaryOf(type: string | null): string {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^;\s"]{1,200}))/i.exec(type ?? '') ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw notAForm()
  return boundary
}

/**
 * Reads a form with files of any size in little memory: the files go to disk while they come. Whoever gets the form closes it.
 * @throws AppError `invalid_input` when it is no form, breaks off, or its fields or parts are too many
 */
export async function readUploadForm(chunks: AsyncIterable<Uint8Array>, boundary: string): Promise<UploadForm> {
  const spool = openSpool()
  try {
    return await fill(spool, chunks, boundary)
  } catch (problem) {
    spool.close()
    if (problem instanceof MultipartProblem) throw notAForm(problem)
    throw problem
  }
}

async function fill(spool: Spool, chunks: AsyncIterable<Uint8Array>, boundary: string): Promise<UploadForm> {
  const form: UploadForm = { fields: [], files: [], close: () => spool.close() }
  const parts = new FormParts(spool, form)
  const reader = new MultipartReader(boundary, parts)
  for await (const chunk of chunks) reader.push(chunk)
  reader.end()
  return form
}

/** Writes files to the spool and keeps the other fields. */
class FormParts implements MultipartEvents {
  #file: { field: string; name: string; at: number; hash: Hash } | undefined
  #field: { name: string; bytes: Uint8Array[] } | undefined
  #kept = 0
  #parts = 0

  constructor(
    private readonly spool: Spool,
    private readonly form: UploadForm,
  ) {}

  begin(field: string, file: string | undefined): void {
    this.#parts += 1
    if (this.#parts > mostParts)
      throw new AppError('invalid_input', `The form has more than ${mostParts} parts.`, {
        fields: { body: 'has too many parts' },
      })
    if (file === undefined) this.#field = { name: field, bytes: [] }
    else this.#file = { field, name: file, at: this.spool.end, hash: createHash('sha256') }
  }

  data(bytes: Uint8Array): void {
    if (this.#file) {
      this.#file.hash.update(bytes)
      this.spool.append(bytes)
    } else if (this.#field) {
      this.#kept += bytes.byteLength
      if (this.#kept > fieldBytes)
        throw new AppError('invalid_input', 'The fields of the form beside its files are too long.', {
          fields: { [this.#field.name]: 'is too long' },
        })
      this.#field.bytes.push(bytes.slice())
    }
  }

  end(): void {
    if (this.#file) {
      const { field, name, at, hash } = this.#file
      this.form.files.push({
        field,
        name,
        fd: this.spool.fd,
        at,
        size: this.spool.end - at,
        sha256: hash.digest('hex'),
      })
    } else if (this.#field) {
      this.form.fields.push({ name: this.#field.name, value: Buffer.concat(this.#field.bytes).toString('utf8') })
    }
    this.#file = undefined
    this.#field = undefined
  }
}
