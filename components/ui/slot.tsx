import { cloneElement, type HTMLAttributes, isValidElement, type ReactElement, type ReactNode, type Ref } from 'react'
import { cn } from './class-names'

// biome-ignore lint/suspicious/noExplicitAny: of an element of any kind
type AnyRef = Ref<any>
type Props = Record<string, unknown>

interface SlotProps extends HTMLAttributes<HTMLElement> {
  children?: ReactNode
  ref?: AnyRef
}

/** Gives its attributes to its one child, whose own win; both hear what happens, the child first; classes and refs join. */
export function Slot({ children, ref, ...props }: SlotProps) {
  if (!isValidElement(children)) return null
  const child = children as ReactElement<Props & { ref?: AnyRef }>
  const own = child.props
  const joined: Props = { ...props, ...own }
  for (const [name, given] of Object.entries(props as Props)) {
    const its = own[name]
    if (/^on[A-Z]/.test(name) && typeof given === 'function' && typeof its === 'function') {
      joined[name] = (...parts: unknown[]) => {
        its(...parts)
        given(...parts)
      }
    }
  }
  joined.className = cn(props.className, own.className as string | undefined) || undefined
  if (props.style) joined.style = { ...props.style, ...(own.style as object | undefined) }
  joined.ref = ref && own.ref ? joinRefs(ref, own.ref) : (ref ?? own.ref)
  return cloneElement(child, joined)
}

const joinedRefs = new WeakMap<object, WeakMap<object, AnyRef>>()

/** The same for the same two, so that React does not set it anew at every drawing. */
function joinRefs(one: NonNullable<AnyRef>, other: NonNullable<AnyRef>): AnyRef {
  const known = joinedRefs.get(one) ?? new WeakMap<object, AnyRef>()
  joinedRefs.set(one, known)
  const before = known.get(other)
  if (before) return before
  const both = (element: unknown) => {
    const ends = [one, other].map((ref) => setRef(ref, element))
    return () => {
      for (const end of ends) end()
    }
  }
  known.set(other, both)
  return both
}

function setRef(ref: NonNullable<AnyRef>, element: unknown): () => void {
  if (typeof ref !== 'function') {
    ref.current = element
    return () => {
      ref.current = null
    }
  }
  const end = ref(element)
  return typeof end === 'function' ? end : () => ref(null)
}
