'use client'

import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'
import { type Box, firstView, fitView, keepInSight, revealBox, type Size, type View, zoomAbout } from './pan-zoom'

const margin = 24
/** A press that moves less is a click, px. */
const clickPx = 4
const unmeasured: Size = { width: 960, height: 440 }

interface PanZoomOptions {
  /** The element that the drawing is seen through. It can have the focus. */
  frame: RefObject<HTMLElement | null>
  drawing: Size
  /** In the middle of the height at first, when not all can be read at once. */
  start: Box | undefined
}

/** Panning and zooming by wheel, drag, pinch and from outside. Until somebody moves it, the drawing lies as it fits best. */
export function usePanZoom({ frame, drawing, start }: PanZoomOptions) {
  const [size, setSize] = useState(unmeasured)
  const [moved, setMoved] = useState<View | null>(null)
  const view = moved ? keepInSight(moved, drawing, size) : firstView(drawing, size, start, margin)
  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const press = useRef<{ x: number; y: number; isDrag: boolean }>(undefined)

  const change = (next: (now: View) => View) =>
    setMoved((last) => keepInSight(next(last ?? firstView(drawing, size, start, margin)), drawing, size))
  const pointOf = (event: { clientX: number; clientY: number }) => {
    const box = frame.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }

  const onWheel = useEffectEvent((event: WheelEvent) => {
    // Without the focus the wheel scrolls the page, as everywhere.
    const isMeant = event.ctrlKey || event.metaKey || frame.current?.contains(document.activeElement)
    if (!isMeant) return
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    change((now) => zoomAbout(now, Math.exp((-event.deltaY * lines) / 400), pointOf(event)))
  })
  const measure = useEffectEvent((element: HTMLElement) =>
    setSize({ width: element.clientWidth, height: element.clientHeight }),
  )
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const wheel = (event: WheelEvent) => onWheel(event)
    const observer = new ResizeObserver(() => measure(element))
    observer.observe(element)
    element.addEventListener('wheel', wheel, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('wheel', wheel)
    }
  }, [frame])

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId)
    if (!before || !press.current) return
    const now = pointOf(event)
    const away = Math.hypot(now.x - press.current.x, now.y - press.current.y)
    if (!press.current.isDrag && away < clickPx) return
    if (!press.current.isDrag) {
      press.current.isDrag = true
      event.currentTarget.setPointerCapture(event.pointerId)
    }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (!other) return change((last) => ({ ...last, x: last.x + now.x - before.x, y: last.y + now.y - before.y }))
    const factor =
      Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y))
    const shift = { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
    change((last) => zoomAbout({ ...last, x: last.x + shift.x, y: last.y + shift.y }, factor, middle))
  }
  const release = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId)
  }

  return {
    view,
    zoomBy: (factor: number) => change((now) => zoomAbout(now, factor, { x: size.width / 2, y: size.height / 2 })),
    panBy: (x: number, y: number) => change((now) => ({ ...now, x: now.x + x, y: now.y + y })),
    showAll: () => setMoved(fitView(drawing, size, margin)),
    reveal: (box: Box) => change((now) => revealBox(now, box, size, margin)),
    /** For the frame. */
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return
        // Wheel and keys are for whatever has the focus; the page stays where it is.
        if (!frame.current?.contains(document.activeElement)) frame.current?.focus({ preventScroll: true })
        pointers.current.set(event.pointerId, pointOf(event))
        press.current = { ...pointOf(event), isDrag: false }
      },
      onPointerMove,
      onPointerUp: release,
      onPointerCancel: release,
      /** What was dragged was not clicked. */
      onClickCapture: (event: { stopPropagation: () => void }) => {
        if (press.current?.isDrag) event.stopPropagation()
        press.current = undefined
      },
    },
  }
}
