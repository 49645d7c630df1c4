/** How secrets begin whose makers gave them a head of their own. Ids of keys (`AKIA…`) are none: people search for them. */
const headed =
  /(?:^|[^A-Za-z0-9])(?:gh[oprsu]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|agent|soat)-|sk-|[sr]k_(?:live|test)_|xox[abceoprs]-|xapp-|SG\.|AIza|ya29\.|hv[sbr]\.|npm_|pypi-|dop_v1_|shp(?:at|ca|pa|ss)_|dckr_pat_|bwk_)[\w.+/=-]{16,}/
const signed = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\./
const key = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/
const signIn = /:\/\/[^\s/:@]+:[^\s/@]+@/
const dense = /^[A-Za-z0-9+/_=-]{32,}$/

const kindOf = (character: string) => (/[a-z]/.test(character) ? 'a' : /[A-Z]/.test(character) ? 'A' : '0')

/** Where one kind of character follows another, of all places: a fifth in names made of words, over half in random text. */
const turnsOf = (word: string) =>
  [...word].filter((character, at) => at > 0 && kindOf(character) !== kindOf(word[at - 1] ?? '')).length / word.length

const isRandom = (word: string) =>
  dense.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && turnsOf(word) > 0.4

/**
 * Whether a text that somebody wrote to search for looks like the very secret of a credential. Such a text must not come into an
 * address, a log or an audit event: whose it is, is asked where it is turned into a fingerprint on arrival.
 */
export function looksSecret(text: string): boolean {
  return (
    headed.test(text) ||
    signed.test(text) ||
    key.test(text) ||
    signIn.test(text) ||
    text.slice(0, 4000).split(/\s+/).some(isRandom)
  )
}
