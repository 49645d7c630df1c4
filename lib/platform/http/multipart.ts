/** What is told of a form while it comes in. Bytes are the listener's only until it returns. */
export interface MultipartEvents {
  /** `file`: its name as the sender writes it; absent where the part is no file. */
  begin: (field: string, file: string | undefined) => void
  data: (bytes: Uint8Array) => void
  end: () => void
}

export class MultipartProblem extends Error {}

const headerBytes = 16 * 1024
const lineEnd = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')
const empty = Buffer.alloc(0)

/** Reads a form (RFC 7578) as it comes, holding no more than a boundary's length of it. */
export class MultipartReader {
  readonly #delimiter: Buffer
  #state: 'preamble' | 'delimited' | 'head' | 'body' | 'done' = 'preamble'
  /** What has come and is not understood yet. The first boundary may stand at the very beginning. */
  #open: Buffer = lineEnd

  constructor(
    boundary: string,
    private readonly events: MultipartEvents,
  ) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  }

  /** @throws MultipartProblem for what is no form */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.#open = this.#open.byteLength === 0 ? bytes : Buffer.concat([this.#open, bytes])
    while (this.#step());
    // The chunk is the sender's: what is left of it is copied.
    this.#open = this.#open.byteLength === 0 ? empty : Buffer.from(this.#open)
  }

  /** @throws MultipartProblem when the form ends before its last boundary */
  end(): void {
    if (this.#state !== 'done') throw new MultipartProblem('the form breaks off')
  }

  /** True when there is more to do with what has come. */
  #step(): boolean {
    switch (this.#state) {
      case 'preamble':
      case 'body':
        return this.#findDelimiter()
      case 'delimited':
        return this.#afterDelimiter()
      case 'head':
        return this.#readHead()
      case 'done':
        this.#open = empty
        return false
    }
  }

  #findDelimiter(): boolean {
    const isBody = this.#state === 'body'
    const at = this.#open.indexOf(this.#delimiter)
    const end = at === -1 ? this.#open.byteLength - this.#delimiter.byteLength + 1 : at
    if (isBody && end > 0) this.events.data(this.#open.subarray(0, end))
    if (at === -1) {
      if (end > 0) this.#open = this.#open.subarray(end)
      return false
    }
    if (isBody) this.events.end()
    this.#open = this.#open.subarray(at + this.#delimiter.byteLength)
    this.#state = 'delimited'
    return true
  }

  #afterDelimiter(): boolean {
    const text = this.#open
      .subarray(0, 64)
      .toString('latin1')
      .replace(/^[ \t]+/, '')
    if (text.startsWith('--')) this.#state = 'done'
    else if (text.startsWith('\r\n')) {
      this.#open = this.#open.subarray(this.#open.indexOf(lineEnd))
      this.#state = 'head'
    } else {
      if (text.length >= 2) throw new MultipartProblem('a boundary is followed by something else')
      return false
    }
    return true
  }

  /** What is open begins with the line end behind the boundary, so that a part without any header ends as well. */
  #readHead(): boolean {
    const end = this.#open.indexOf(headEnd)
    if (end === -1) {
      if (this.#open.byteLength > headerBytes) throw new MultipartProblem('the header of a part is too long')
      return false
    }
    if (end > headerBytes) throw new MultipartProblem('the header of a part is too long')
    const { field, file } = readDisposition(this.#open.subarray(0, end).toString('utf8'))
    this.#open = this.#open.subarray(end + headEnd.byteLength)
    this.#state = 'body'
    this.events.begin(field, file)
    return true
  }
}

function readDisposition(head: string): { field: string; file: string | undefined } {
  const line = head.split('\r\n').find((each) => /^content-disposition\s*:/i.test(each))
  const value = line?.slice(line.indexOf(':') + 1) ?? ''
  if (!/^\s*form-data\s*;/i.test(value)) throw new MultipartProblem('a part does not say which field it is')
  const field = parameter(value, 'name')
  if (field === undefined) throw new MultipartProblem('a part does not say which field it is')
  return { field, file: extended(value) ?? parameter(value, 'filename') }
}

/** A parameter in quotes. Browsers write a quote as `%22` and line ends as `%0D%0A`, others a quote as `\\"`. */
function parameter(value: string, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:\\\\"(?!\\s*(?:;|$))|[^"])*)"|([^;\\s"]*))`, 'i')
  const [, quoted, plain] = pattern.exec(value) ?? []
  return (
    quoted?.replaceAll('\\"', '"').replaceAll('%22', '"').replaceAll(/%0d/gi, '\r').replaceAll(/%0a/gi, '\n') ?? plain
  )
}

/** `filename*=UTF-8''caf%C3%A9.csv` */
function extended(value: string): string | undefined {
  const [, coded] = /;\s*filename\*=utf-8''([^;\s]+)/i.exec(value) ?? []
  try {
    return coded === undefined ? undefined : decodeURIComponent(coded)
  } catch {
    throw new MultipartProblem('the name of a file is not coded as it says')
  }
}
