/** What a text of filters is made of: `kind:bot last_used:>90d words`. Read by `parse-filter.ts`, completed by `suggest-filter.ts`. */

/** One filter of a list: how it is called in text, and what may follow the colon. */
export interface FilterKey {
  /** As it is printed: `env`. */
  key: string
  /** Other names that are understood. */
  aliases: readonly string[]
  /** The filter's name in the address and in REST. */
  name: string
  /** What it is about, in a few words, for suggestions and help. */
  about: string
  values: FilterValues
}

/**
 * `choice`: words of a closed list, several; anything else is an error. With `labels`, other names (in quotes, or with an
 * @) go to that filter: `owner:none` is a state, `owner:"none"` somebody of that name.
 * `open`: any text, several; `synonyms` of a bare value are read as what they stand for.
 * `named`: things with ids, called by their names where these are known and not ambiguous.
 * `span`: one length of time behind its sign (`>90d`), or one of the words.
 * `figure`: one number from 0 to `max` as a bound (`>60`, `<30`) or a range (`40-50`), or one of the words.
 */
export type FilterValues =
  | { kind: 'choice'; words: readonly string[]; labels?: string }
  | { kind: 'open'; maxLength: number; synonyms: Readonly<Record<string, string>> }
  | { kind: 'named'; isSingle?: boolean }
  | { kind: 'span'; sign: '<' | '>'; words: readonly string[] }
  | { kind: 'figure'; max: number; words: readonly string[] }

/** All filters of one list. `Filter` is the type of what a text is parsed to. */
export interface FilterLanguage<Filter extends object> {
  keys: readonly FilterKey[]
  /** The filter that takes the free words, and how long they may be together. */
  words: { name: keyof Filter & string; maxLength: number }
  /** For the help: texts in their canonical form, and what they find. */
  examples: readonly { text: string; finds: string }[]
}

/** What is known of the values by name, for each filter: an id or value and what people call it. The menus' options fit. */
export type FilterNames = Readonly<Record<string, readonly { value: string; label: string }[]>>

/** Columns count from 0; `to` is excluded. */
export interface FilterError {
  from: number
  to: number
  /** What is wrong. */
  message: string
  /** What is allowed, or how to mend it. */
  hint: string
  /** What was probably meant, to be put in place of `from`–`to`. */
  fix?: string
  /** The whole word in which it is. */
  word: { from: number; to: number }
  /** Wrong however the word goes on: said while it is still being written. */
  isFinal?: true
}

export type ParsedFilter<Filter> =
  | { filter: Filter; errors?: undefined }
  | { filter?: undefined; errors: FilterError[] }

/** Lower case, with spaces and hyphens as underscores: how keys and words of closed lists are compared. */
export function plainWord(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_')
}

/** The key that a word names, in any case: by its name or an alias. */
export function keyOf({ keys }: Pick<FilterLanguage<object>, 'keys'>, text: string): FilterKey | undefined {
  const asked = plainWord(text)
  return keys.find(({ key, aliases }) => key === asked || aliases.includes(asked))
}
