'use client'

import { Check } from 'lucide-react'
import type { Menu as Radix } from 'radix-ui/internal'
import {
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  Suspense,
  use,
  useId,
  useRef,
  useState,
} from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { cn } from './class-names'
import { Kbd } from './kbd'
import { MenuPartsContext, type MenuState } from './menu-parts'
import { Slot } from './slot'

const load = () => import('./menu-surface').then((module) => ({ default: module.MenuSurface }))
/** What opens is fetched when the page is idle, or on the way to the trigger. */
const Surface = lazy(load)
preloadWhenIdle(load)

interface OpenMenu extends Omit<MenuState, 'setOpen'> {
  setOpen: (open: boolean, isByKey?: boolean) => void
}
const MenuContext = createContext<OpenMenu | undefined>(undefined)

export function DropdownMenu({ children }: { children: ReactNode }) {
  const [state, setState] = useState({ isOpen: false, isByKey: false })
  const trigger = useRef<HTMLButtonElement>(null)
  const [triggerId, surfaceId] = [useId(), useId()]
  const setOpen = (isOpen: boolean, isByKey = false) => setState({ isOpen, isByKey })
  return <MenuContext value={{ ...state, setOpen, trigger, triggerId, surfaceId }}>{children}</MenuContext>
}

export function DropdownMenuTrigger({ asChild, ...props }: ComponentProps<'button'> & { asChild?: boolean }) {
  const state = use(MenuContext)
  const shared = {
    id: state?.triggerId,
    ref: state?.trigger,
    'aria-haspopup': 'menu' as const,
    'aria-expanded': state?.isOpen,
    'aria-controls': state?.isOpen ? state.surfaceId : undefined,
    onPointerEnter: () => void load(),
    // A click that no pointer made has no count.
    onClick: (event: { detail: number }) => state?.setOpen(!state.isOpen, event.detail === 0),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      state?.setOpen(true, true)
    },
  }
  return asChild ? <Slot {...shared} {...props} /> : <button type="button" {...shared} {...props} />
}

export function DropdownMenuContent(props: ComponentProps<typeof Radix.Content>) {
  const state = use(MenuContext)
  const [wasOpened, setWasOpened] = useState(false)
  if (state?.isOpen && !wasOpened) setWasOpened(true)
  if (!state || !wasOpened) return null
  return (
    <Suspense fallback={null}>
      <Surface state={state} {...props} />
    </Suspense>
  )
}

const itemClasses =
  'relative flex min-h-7 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-muted'

export interface DropdownMenuItemProps extends ComponentProps<typeof Radix.Item> {
  icon?: ReactNode
  tone?: 'plain' | 'danger'
  keys?: string
}

export function DropdownMenuItem({ className, icon, tone, keys, children, asChild, ...props }: DropdownMenuItemProps) {
  const parts = use(MenuPartsContext)
  const classes = cn(
    itemClasses,
    tone === 'danger' && 'text-danger-ink data-highlighted:bg-danger-wash [&_svg]:text-danger-ink',
    className,
  )
  if (!parts) return null
  if (asChild) {
    return (
      <parts.Item asChild className={classes} {...props}>
        {children}
      </parts.Item>
    )
  }
  return (
    <parts.Item className={classes} {...props}>
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {keys ? <Kbd keys={keys} className="pl-4" /> : null}
    </parts.Item>
  )
}

export function DropdownMenuRadioGroup(props: ComponentProps<typeof Radix.RadioGroup>) {
  const parts = use(MenuPartsContext)
  return parts ? <parts.RadioGroup {...props} /> : null
}

export function DropdownMenuRadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  const parts = use(MenuPartsContext)
  if (!parts) return null
  return (
    <parts.RadioItem className={cn(itemClasses, 'pl-7', className)} {...props}>
      <parts.ItemIndicator className="absolute left-2">
        <Check aria-hidden />
      </parts.ItemIndicator>
      {children}
    </parts.RadioItem>
  )
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('px-2 pt-1.5 pb-1 text-xs text-ink-muted', className)} {...props} />
}

export function DropdownMenuSeparator() {
  // biome-ignore lint/a11y/useSemanticElements: a rule is no part of a menu
  return <div role="separator" aria-orientation="horizontal" className="-mx-1 my-1 h-px bg-line" />
}
