import { AppError } from '../errors'

/** Where in a text something is: both count from 1, columns in UTF-16 units. */
export interface Position {
  line: number
  column: number
}

/** Line and column of an offset. A line ends at LF, CR LF or a lone CR. */
export function positionAt(text: string, offset: number): Position {
  let line = 1
  let start = 0
  const end = Math.min(offset, text.length)
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++
      start = i + 1
    }
  }
  return { line, column: end - start + 1 }
}

/** A file that is no text of any kind that could be read: a picture, an archive, prose. Callers add what they expected. */
export class ForeignFile extends AppError {}

/** `foreign.json: is a PNG image, although its name ends in .json`. */
export function refuseForeign(name: string, reason: string): ForeignFile {
  return new ForeignFile('invalid_input', refuseFile(name, reason).message)
}

/** The refusal of a whole file, naming it and, where known, the line and column. */
export function refuseFile(name: string, reason: string, at?: Position): AppError {
  const shown = name.length > 120 ? `${name.slice(0, 117)}…` : name
  const where = at === undefined ? '' : ` (line ${at.line}, column ${at.column})`
  return new AppError('invalid_input', `${shown}: ${reason}${where}`)
}
