'use client'

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { Problem } from '@/lib/policy-versions/schema'

interface CodeEditorProps {
  label: string
  text: string
  /** Changes are shown against it where it is given. */
  former?: string | undefined
  problems: readonly Problem[]
  isReadOnly: boolean
  onChange: (text: string) => void
}

const look = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--sunken)', color: 'var(--ink)', maxHeight: '60vh' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-content': { fontFamily: 'var(--font-mono, monospace)', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-muted)', border: 'none' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--good-wash) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--danger-wash) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
  // Colours of words in the two themes follow the page; the library's own are made for white.
  '.cm-line span': { color: 'inherit' },
})

/** The text of one file, with what is wrong at its line, or with what changed. */
export function CodeEditor({ label, text, former, problems, isReadOnly, onChange }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const tell = useRef(onChange)
  tell.current = onChange
  const first = useRef(text)
  first.current = text
  useEffect(() => {
    const parent = host.current
    if (!parent) return
    const more: Extension[] =
      former === undefined ? [] : [unifiedMergeView({ original: former, mergeControls: false, gutter: true })]
    const opened = new EditorView({
      parent,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          ...[lineNumbers(), history(), yaml(), syntaxHighlighting(defaultHighlightStyle), lintGutter(), look],
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell.current(update.state.doc.toString())
          }),
          ...more,
        ],
      }),
    })
    view.current = opened
    return () => opened.destroy()
  }, [label, former, isReadOnly])
  useEffect(() => {
    const { current } = view
    if (!current) return
    const { doc } = current.state
    const marks = problems.flatMap(({ line, says }): Diagnostic[] => {
      if (line === null || line > doc.lines) return []
      const { from, to } = doc.line(line)
      return [{ from, to, severity: 'error', message: says }]
    })
    current.dispatch(setDiagnostics(current.state, marks))
  }, [problems])
  return <div ref={host} className="min-w-0 overflow-auto rounded-md border" />
}
