/** How a drawing lies in its frame: a point of the drawing is drawn at `point × scale + (x, y)`. Pure, px. */
export interface View {
  x: number
  y: number
  scale: number
}

export interface Size {
  width: number
  height: number
}

export interface Box extends Size {
  x: number
  y: number
}

export const leastScale = 0.08
export const mostScale = 3
/** Smaller than this text is not read: what does not fit at it begins cut off. */
const readableScale = 0.62

const clampScale = (scale: number) => Math.min(mostScale, Math.max(leastScale, scale))

/** Larger or smaller about a point of the frame, which stays where it is. */
export function zoomAbout(view: View, factor: number, at: { x: number; y: number }): View {
  const scale = clampScale(view.scale * factor)
  const by = scale / view.scale
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }
}

/** All of the drawing in the middle of the frame, never larger than life. */
export function fitView(drawing: Size, frame: Size, margin: number): View {
  const scale = clampScale(
    Math.min(
      1,
      (frame.width - 2 * margin) / Math.max(1, drawing.width),
      (frame.height - 2 * margin) / Math.max(1, drawing.height),
    ),
  )
  return {
    scale,
    x: (frame.width - drawing.width * scale) / 2,
    y: (frame.height - drawing.height * scale) / 2,
  }
}

/** What to begin with: all of it where that can be read, else as wide as the frame with `start` in the middle of the height. */
export function firstView(drawing: Size, frame: Size, start: Box | undefined, margin: number): View {
  const fit = fitView(drawing, frame, margin)
  if (fit.scale >= readableScale || !start) return fit
  const scale = Math.min(1, Math.max(readableScale, (frame.width - 2 * margin) / Math.max(1, drawing.width)))
  const fits = drawing.height * scale <= frame.height - 2 * margin
  return {
    scale,
    x: Math.max(margin, (frame.width - drawing.width * scale) / 2),
    y: fits
      ? fit.y + (drawing.height * (fit.scale - scale)) / 2
      : frame.height / 2 - (start.y + start.height / 2) * scale,
  }
}

/** Moved as little as needed to have a box of the drawing in the frame. */
export function revealBox(view: View, box: Box, frame: Size, margin: number): View {
  const shift = (start: number, length: number, room: number) => {
    if (start < margin) return margin - start
    return Math.min(0, Math.max(room - margin - (start + length), margin - start))
  }
  return {
    ...view,
    x: view.x + shift(box.x * view.scale + view.x, box.width * view.scale, frame.width),
    y: view.y + shift(box.y * view.scale + view.y, box.height * view.scale, frame.height),
  }
}

/** Moved so that a part of the drawing stays in the frame. */
export function keepInSight(view: View, drawing: Size, frame: Size): View {
  const rest = 48
  return {
    ...view,
    x: Math.min(frame.width - rest, Math.max(rest - drawing.width * view.scale, view.x)),
    y: Math.min(frame.height - rest, Math.max(rest - drawing.height * view.scale, view.y)),
  }
}
