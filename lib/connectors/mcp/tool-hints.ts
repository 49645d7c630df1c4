import { field, list, path, text } from './fields'

/** What a server says about its tools. Hints come from the server itself and are not to be trusted blindly. */
export interface ToolHints {
  tools: string[]
  /** Tools of which the server says that they only read. */
  readOnlyTools: string[]
  /** Tools of which the server says that they may destroy something. */
  destructiveTools: string[]
  /** Tools that reach out into the open world, such as a web search. */
  openWorldTools: string[]
}

/** Reads `tools` as `tools/list` answers it (with `annotations`), or as a plain list of names. */
export function toolHintsOf(holder: unknown): ToolHints {
  const hints: ToolHints = { tools: [], readOnlyTools: [], destructiveTools: [], openWorldTools: [] }
  for (const tool of list(field(holder, 'tools')).slice(0, 1000)) {
    const name = (text(field(tool, 'name')) ?? text(tool))?.slice(0, 200)
    if (name === undefined) continue
    hints.tools.push(name)
    const hint = (key: string) => path(tool, 'annotations', key) ?? field(tool, key)
    if (hint('readOnlyHint') === true) hints.readOnlyTools.push(name)
    if (hint('destructiveHint') === true) hints.destructiveTools.push(name)
    if (hint('openWorldHint') === true) hints.openWorldTools.push(name)
  }
  return hints
}

/** The hints as attributes; at most 200 tools of each kind, nothing for what is empty. */
export function hintAttributes(hints: ToolHints): Record<string, string[] | number> {
  const attributes: Record<string, string[] | number> = {}
  for (const [name, tools] of Object.entries(hints)) {
    if (Array.isArray(tools) && tools.length > 0) attributes[name] = tools.slice(0, 200)
  }
  if (hints.tools.length > 200) attributes.toolCount = hints.tools.length
  return attributes
}
