import { createElement, createRef, type ReactElement } from 'react'
import { describe, expect, it } from 'vitest'
import { Slot } from './slot'

type Props = Record<string, unknown>
const joined = (props: Props, own: Props) =>
  (Slot({ ...props, children: createElement('a', own) }) as ReactElement<Props>).props

describe('a slot', () => {
  it('gives its attributes to its child, whose own win', () => {
    const props = joined({ id: 'slot', title: 'Slot', style: { top: 1, left: 1 } }, { id: 'own', style: { left: 2 } })
    expect(props).toMatchObject({ id: 'own', title: 'Slot', style: { top: 1, left: 2 } })
  })

  it('joins classes, the later of two that say the same winning', () => {
    expect(joined({ className: 'px-2 flex' }, { className: 'px-4' }).className).toBe('flex px-4')
    expect(joined({}, {}).className).toBeUndefined()
  })

  it('tells both of what happens, the child first', () => {
    const heard: string[] = []
    const on = (who: string) => (what: string) => heard.push(`${who} ${what}`)
    const props = joined({ onClick: on('slot'), onFocus: on('slot') }, { onClick: on('child') })
    ;(props.onClick as (what: string) => void)('click')
    ;(props.onFocus as (what: string) => void)('focus')
    expect(heard).toEqual(['child click', 'slot click', 'slot focus'])
  })

  it('sets both refs and lets go of them, by one function for the same two', () => {
    const one = createRef<unknown>()
    const ends: unknown[] = []
    const other = (element: unknown) => {
      ends.push(element)
    }
    const { ref } = joined({ ref: one }, { ref: other }) as { ref: (element: unknown) => () => void }
    const end = ref('element')
    expect([one.current, ends]).toEqual(['element', ['element']])
    end()
    expect([one.current, ends]).toEqual([null, ['element', null]])
    expect(joined({ ref: one }, { ref: other }).ref).toBe(ref)
    expect(joined({ ref: one }, {}).ref).toBe(one)
    expect(joined({}, { ref: other }).ref).toBe(other)
  })

  it('is nothing without an element', () => {
    expect(Slot({ children: 'text' })).toBeNull()
  })
})
