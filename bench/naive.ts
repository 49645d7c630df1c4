import type { BenchReader } from './reader'

/** What one would write first: OFFSET, count and GROUP BY, LIKE, under the same row-level security. */
export const naive = {
  offset: ({ client }: BenchReader, offset: number) =>
    client.query(
      `SELECT i.* FROM identity i JOIN identity_listing l ON l.org_id = i.org_id AND l.identity_id = i.id
       WHERE l.status <> 'gone' ORDER BY l.name_key, l.identity_id OFFSET $1 LIMIT 50`,
      [offset],
    ),
  facets: ({ client }: BenchReader) =>
    client.query(
      `SELECT kind, environment, status, owner_state, privilege_rank, source_id, count(*) FROM identity_listing
       WHERE status <> 'gone' GROUP BY GROUPING SETS ((kind), (environment), (status), (owner_state), (privilege_rank), (source_id), ())`,
    ),
  search: ({ client }: BenchReader, word: string) =>
    client.query(
      `SELECT i.*, count(*) OVER () FROM identity i JOIN identity_listing l ON l.org_id = i.org_id AND l.identity_id = i.id
       WHERE l.search_text LIKE '%' || $1 || '%' AND l.status <> 'gone' ORDER BY l.name_key, l.identity_id LIMIT 50`,
      [word],
    ),
}
