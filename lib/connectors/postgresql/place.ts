/** What a script has said so far about where it is. */
export interface Place {
  /** The database that the script is connected to, as far as it says so. */
  database: string | undefined
  /** Sequences by name: older dumps set their owners as if they were tables. */
  sequences: Set<string>
}
