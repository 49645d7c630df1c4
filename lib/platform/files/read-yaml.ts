import { Composer, type Document, Lexer, Parser } from 'yaml'
import { type FileLimits, formatBytes } from './limits'
import { positionAt, refuseFile } from './refuse-file'
import { YamlDepth } from './yaml-depth'
import { yamlProblem } from './yaml-problem'
import { helmReason, YamlRefusal, YamlValues } from './yaml-value'

export interface YamlDocument {
  /** The line on which the document's value begins. */
  line: number
  value: unknown
}

/** A control line of a Helm template: `{{- if … }}` on a line of its own. */
const helmLine = /^[ \t]*\{\{-?\s/m

/** All documents of a YAML 1.2 stream, empty ones left out. One pass: lexemes are checked before they are parsed. */
export function readYaml(name: string, text: string, limits: FileLimits): YamlDocument[] {
  if (text.length > limits.yamlCharacters) {
    const limit = formatBytes(limits.yamlCharacters)
    throw refuseFile(name, `holds more than ${limit} of YAML; split it, or export it as JSON (kubectl get … -o json)`)
  }
  try {
    return readStream(name, text, limits)
  } catch (error) {
    // The parser calls itself for every piece that stands where it may not, which its lexemes do not show.
    if (error instanceof RangeError) throw refuseFile(name, 'is not valid YAML, or nested too deeply')
    throw error
  }
}

function readStream(name: string, text: string, limits: FileLimits): YamlDocument[] {
  const parser = new Parser()
  const composer = new Composer({ uniqueKeys: false, strict: true, logLevel: 'silent', prettyErrors: false })
  const documents: YamlDocument[] = []
  let counted = { offset: 0, line: 1 }
  const lineOf = (offset: number) => {
    const passed = positionAt(text.slice(counted.offset, offset), offset - counted.offset).line - 1
    counted = { offset, line: counted.line + passed }
    return counted.line
  }
  const take = (composed: Iterable<Document.Parsed>) => {
    for (const document of composed) {
      const entry = readDocument(name, text, document, limits, lineOf)
      if (entry !== undefined) documents.push(entry)
    }
  }
  const depth = new YamlDepth()
  let aliases = 0
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (depth.see(lexeme) > limits.depth) {
      throw refuseFile(name, `is nested deeper than ${limits.depth} levels`, positionAt(text, offset))
    }
    if (lexeme.startsWith('*') && ++aliases > limits.yamlAliases) {
      throw refuseFile(
        name,
        `uses more than ${limits.yamlAliases.toLocaleString('en')} aliases`,
        positionAt(text, offset),
      )
    }
    if (lexeme !== '\x02' && lexeme !== '\x18' && lexeme !== '\x1f') offset += lexeme.length
    for (const token of parser.next(lexeme)) take(composer.next(token))
  }
  for (const token of parser.end()) take(composer.next(token))
  take(composer.end(false, text.length))
  return documents
}

function readDocument(
  name: string,
  text: string,
  document: Document.Parsed,
  limits: FileLimits,
  lineOf: (offset: number) => number,
): YamlDocument | undefined {
  const [error] = document.errors
  if (error !== undefined) {
    const template = helmLine.exec(text)
    if (template !== null) throw refuseFile(name, helmReason, positionAt(text, template.index))
    throw refuseFile(name, `is not valid YAML: ${yamlProblem(error.code)}`, positionAt(text, error.pos[0]))
  }
  const { contents } = document
  if (contents === null) return undefined
  try {
    const value = new YamlValues(limits).read(document)
    return value === null ? undefined : { line: lineOf(contents.range[0]), value }
  } catch (problem) {
    if (problem instanceof YamlRefusal) throw refuseFile(name, problem.message, positionAt(text, problem.offset))
    throw problem
  }
}
