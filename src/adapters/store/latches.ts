import type { Database } from 'better-sqlite3'

export interface LatchRow {
  readonly rule: string
  readonly subject: string
  readonly body: string
}

export const readLatches = (db: Database): LatchRow[] =>
  db.prepare<[], LatchRow>('SELECT rule, subject, body FROM latch ORDER BY rule, subject').all()

/** `body` undefined: forgotten. */
export function saveLatch(
  db: Database,
  { rule, subject, body }: Omit<LatchRow, 'body'> & { readonly body: string | undefined },
): void {
  if (body === undefined) db.prepare('DELETE FROM latch WHERE rule = ? AND subject = ?').run(rule, subject)
  else
    db.prepare(
      'INSERT INTO latch (rule, subject, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    ).run(rule, subject, body)
}
