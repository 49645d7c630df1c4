'use client'

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { isCharacterBinding, matchKeys, pressToNotation } from './shortcut-keys'

export interface Shortcut {
  /** Notation of `shortcut-keys.ts`: `mod+k`, `?`, `g i`. */
  keys: string
  /** What it does, as the help shows it: "Open the inventory". */
  label: string
  /** The help's heading: "Go to", "This list". */
  group: string
}

interface Bound extends Shortcut {
  id: string
  run: (event: KeyboardEvent) => void
}

interface Registry {
  bind: (shortcut: Bound) => () => void
  subscribe: (listener: () => void) => () => void
  list: () => Shortcut[]
  areLettersOn: boolean
  setLettersOn: (on: boolean) => void
}

const sequenceMs = 1200
const storageKey = 'bailiwick:letter-shortcuts'
const RegistryContext = createContext<Registry | undefined>(undefined)

/** The one place where keys are bound. The help (`?`) is made from the same list, so that it cannot lie. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const bound = useRef<Bound[]>([])
  const listeners = useRef(new Set<() => void>())
  const listed = useRef<Shortcut[]>([])
  const presses = useRef<{ notations: string[]; at: number }>({ notations: [], at: 0 })
  const [areLettersOn, setAreLettersOn] = useState(true)

  useEffect(() => setAreLettersOn(window.localStorage.getItem(storageKey) !== 'off'), [])

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return
    const notation = pressToNotation(event)
    const fresh = event.timeStamp - presses.current.at > sequenceMs
    const notations = fresh ? [notation] : [...presses.current.notations, notation]
    const typing = isTyping(event.target)
    const usable = bound.current.filter((item) => !isCharacterBinding(item.keys) || (areLettersOn && !typing))
    const hit = findHit(usable, notations) ?? findHit(usable, [notation])
    const pending = usable.some((item) => matchKeys(item.keys, notations) === 'part')
    presses.current = { notations: hit ? [] : pending ? notations : [], at: event.timeStamp }
    if (!hit) return
    event.preventDefault()
    hit.run(event)
  })

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])

  const registry = useMemo<Registry>(() => {
    const change = (next: Bound[]) => {
      bound.current = next
      listed.current = next.map(({ keys, label, group }) => ({ keys, label, group }))
      for (const notify of listeners.current) notify()
    }
    return {
      bind: (shortcut) => {
        change([...bound.current.filter((item) => item.id !== shortcut.id), shortcut])
        return () => change(bound.current.filter((item) => item.id !== shortcut.id))
      },
      subscribe: (listener) => {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
      list: () => listed.current,
      areLettersOn,
      setLettersOn: (on) => {
        window.localStorage.setItem(storageKey, on ? 'on' : 'off')
        setAreLettersOn(on)
      },
    }
  }, [areLettersOn])

  return <RegistryContext value={registry}>{children}</RegistryContext>
}

/** Binds a shortcut while the calling component is mounted. The latest binding of a key wins. */
export function useShortcut(shortcut: Shortcut, run: (event: KeyboardEvent) => void, isEnabled = true): void {
  const registry = useContext(RegistryContext)
  const id = useId()
  const { keys, label, group } = shortcut
  const onRun = useEffectEvent(run)
  const bind = registry?.bind
  useEffect(() => {
    if (!bind || !isEnabled) return
    return bind({ id, keys, label, group, run: (event) => onRun(event) })
  }, [bind, id, keys, label, group, isEnabled])
}

const noShortcuts: Shortcut[] = []
const noSubscription = () => () => {}

/** Everything bound at this moment, and the switch for shortcuts made of letters alone. */
export function useShortcutList(): {
  shortcuts: Shortcut[]
  areLettersOn: boolean
  setLettersOn: (on: boolean) => void
} {
  const registry = useContext(RegistryContext)
  const shortcuts = useSyncExternalStore(
    registry?.subscribe ?? noSubscription,
    () => registry?.list() ?? noShortcuts,
    () => noShortcuts,
  )
  return {
    shortcuts,
    areLettersOn: registry?.areLettersOn ?? true,
    setLettersOn: registry?.setLettersOn ?? (() => {}),
  }
}

function findHit(usable: Bound[], notations: string[]): Bound | undefined {
  return usable.findLast((item) => matchKeys(item.keys, notations) === 'full')
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
}
