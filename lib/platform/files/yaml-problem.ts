import type { ErrorCode } from 'yaml'

const indent = 'the indentation does not fit the lines around it'
const key = 'a key is not followed by a colon and a value on its line'

/** The parser's codes in words for who wrote the file, not for who writes parsers. */
const words: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias (*name) has no usable name',
  BAD_DIRECTIVE: 'a line that begins with % is not understood',
  BAD_DQ_ESCAPE: 'a backslash in a quoted text is followed by something that it cannot stand before',
  BAD_INDENT: indent,
  BAD_SCALAR_START: 'a value begins with a character that needs quotes around the value (@, ` or another)',
  BLOCK_AS_IMPLICIT_KEY: key,
  BLOCK_IN_FLOW: indent,
  DUPLICATE_KEY: 'a key is given twice in one object',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters',
  MISSING_CHAR: 'a bracket, quote, comma or colon is missing; the file may be cut off',
  MULTILINE_IMPLICIT_KEY: key,
  MULTIPLE_ANCHORS: 'one value has two anchors (&name)',
  MULTIPLE_TAGS: 'one value has two tags (!name)',
  TAB_AS_INDENT: 'a line is indented with a tab; YAML takes spaces only',
  TAG_RESOLVE_FAILED: 'a value has a tag (!name) that is not known here',
  UNEXPECTED_TOKEN: 'something stands where it does not belong; the file may be cut off or not be YAML',
}

/** What is wrong, as the end of "is not valid YAML: …". */
export function yamlProblem(code: ErrorCode): string {
  return words[code] ?? 'its structure cannot be read from here on'
}
