import { describe, expect, it } from 'vitest'
import { firstView, fitView, keepInSight, leastScale, mostScale, revealBox, zoomAbout } from './pan-zoom'

const frame = { width: 800, height: 400 }

describe('pan and zoom', () => {
  it('keeps the point under the pointer where it is', () => {
    const view = { x: 30, y: -20, scale: 0.5 }
    const at = { x: 200, y: 100 }
    const next = zoomAbout(view, 1.5, at)
    expect((at.x - next.x) / next.scale).toBeCloseTo((at.x - view.x) / view.scale)
    expect((at.y - next.y) / next.scale).toBeCloseTo((at.y - view.y) / view.scale)
    expect(zoomAbout(view, 1e9, at).scale).toBe(mostScale)
    expect(zoomAbout(view, 1e-9, at).scale).toBe(leastScale)
  })

  it('fits a drawing, never larger than life', () => {
    expect(fitView({ width: 100, height: 100 }, frame, 20)).toEqual({ scale: 1, x: 350, y: 150 })
    const { scale, x } = fitView({ width: 1520, height: 100 }, frame, 20)
    expect(scale).toBe(0.5)
    expect(x).toBe(20)
  })

  it('begins readable, with the start in the middle of what is too tall', () => {
    const start = { x: 0, y: 2000, width: 100, height: 40 }
    const view = firstView({ width: 900, height: 5000 }, frame, start, 20)
    expect(view.scale).toBeCloseTo(760 / 900)
    expect(view.x).toBeCloseTo(20)
    expect(2020 * view.scale + view.y).toBeCloseTo(200)
    expect(firstView({ width: 9000, height: 5000 }, frame, start, 20)).toMatchObject({ scale: 0.62, x: 20 })
  })

  it('moves as little as needed to reveal a box, and never loses the drawing', () => {
    const view = { x: 0, y: 0, scale: 1 }
    expect(revealBox(view, { x: 100, y: 100, width: 50, height: 20 }, frame, 10)).toEqual(view)
    expect(revealBox(view, { x: 900, y: 100, width: 50, height: 20 }, frame, 10)).toEqual({ x: -160, y: 0, scale: 1 })
    expect(revealBox(view, { x: -100, y: -50, width: 50, height: 20 }, frame, 10)).toEqual({ x: 110, y: 60, scale: 1 })
    expect(keepInSight({ x: -5000, y: 9000, scale: 1 }, { width: 300, height: 300 }, frame)).toEqual({
      x: -252,
      y: 352,
      scale: 1,
    })
  })
})
