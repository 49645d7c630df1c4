/**
 * Work that takes seconds, in turns of some hundredths of a second: between two of them others are served. What it shares with
 * them (the rooms of a graph) must hold nothing that it still needs when a turn ends.
 */
export type Turns<T> = Generator<undefined, T, undefined>

/** Does all turns without a pause. */
export function toEnd<T>(turns: Turns<T>): T {
  for (;;) {
    const turn = turns.next()
    if (turn.done) return turn.value
  }
}
