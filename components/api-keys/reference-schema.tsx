'use client'

import { type JsonSchema, type OpenApi, resolve, typeWords } from './reference-document'

/** The object inside a nullable, a list or a reference, if there is one to unfold. */
function unfold(schema: JsonSchema, document: OpenApi): JsonSchema | undefined {
  const found = resolve(schema, document).schema
  if (found.properties) return found
  if (found.items) return unfold(found.items, document)
  const choice = (found.anyOf ?? found.oneOf)?.find((part) => part.type !== 'null')
  return choice ? unfold(choice, document) : undefined
}

function bounds(schema: JsonSchema): string {
  const parts = [
    schema.minimum !== undefined && schema.minimum > -1e15 ? `from ${schema.minimum}` : '',
    schema.maximum !== undefined && schema.maximum < 1e15 ? `to ${schema.maximum}` : '',
    schema.maxLength !== undefined ? `at most ${schema.maxLength} characters` : '',
    schema.default !== undefined ? `default ${JSON.stringify(schema.default)}` : '',
  ]
  return parts.filter(Boolean).join(', ')
}

/** The fields of a contract, each with its type; nested ones unfold on demand. */
export function SchemaTree({ schema, document, depth = 0 }: { schema: JsonSchema; document: OpenApi; depth?: number }) {
  const shape = unfold(schema, document)
  if (!shape?.properties) return <p className="text-sm text-ink-muted">{typeWords(schema)}</p>
  return (
    <ul className="flex flex-col">
      {Object.entries(shape.properties).map(([name, property]) => {
        const nested = depth < 4 ? unfold(property, document) : undefined
        return (
          <li key={name} className="border-b py-1.5 last:border-b-0">
            <Field name={name} schema={property} isRequired={shape.required?.includes(name) ?? false} />
            {nested ? (
              <details className="mt-1 ml-3 border-l pl-3">
                <summary className="cursor-pointer text-xs text-ink-muted">Fields of {name}</summary>
                <SchemaTree schema={nested} document={document} depth={depth + 1} />
              </details>
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}

/** One field or parameter in a line. */
export function Field({
  name,
  schema,
  isRequired,
  description,
}: {
  name: string
  schema: JsonSchema
  isRequired: boolean
  description?: string
}) {
  const words = description ?? schema.description
  const limits = bounds(schema)
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 text-sm">
      <code className="font-mono text-xs font-medium">{name}</code>
      <span className="text-xs break-words text-ink-muted">
        {typeWords(schema)}
        {limits ? `, ${limits}` : ''}
        {isRequired ? '' : ', optional'}
      </span>
      {words ? <span className="basis-full text-ink-muted">{words}</span> : null}
    </div>
  )
}
