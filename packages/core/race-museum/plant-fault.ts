import { readFile } from 'node:fs/promises'
import type { Database } from '@coupon-gateway/database'

/** What is wrong with a variant of the core, and nothing else is. */
export interface Fault {
  /** Changes of the SQL of the decisions. */
  readonly replacements?: readonly Replacement[]
  /** A change of what a process does: its view of the database. */
  readonly wrap?: (database: Database, core: 'one' | 'two') => Database
  /** Lets the time pass that the variant measures itself. */
  readonly passTime?: () => void
  /** Runs what the variant leaves for later. */
  readonly catchUp?: (database: Database) => Promise<void>
}

export interface Replacement {
  readonly file: 'migrations/0002-decide.sql' | 'peers/conditional-update.sql'
  /** Is in the file exactly once, so that a fault cannot come to nothing when the file changes. */
  readonly from: string
  readonly to: string
}

/** Redefines the functions of these files, with the replacements made. */
export async function plantFault(
  database: Database,
  replacements: readonly Replacement[],
): Promise<void> {
  for (const file of new Set(replacements.map((replacement) => replacement.file))) {
    let sql = await readFile(new URL(`../${file}`, import.meta.url), 'utf8')
    for (const replacement of replacements) {
      if (replacement.file === file) sql = replaceOnce(sql, replacement, file)
    }
    await database.execute(
      sql
        .replaceAll('create function', 'create or replace function')
        // Types have no "or replace", and hold no fault.
        .replaceAll(/^create type .*?^\);$/gms, ''),
    )
  }
}

/** Replaces a text that must be there exactly once. */
export function replaceOnce(
  text: string,
  { from, to }: Pick<Replacement, 'from' | 'to'>,
  file: string,
): string {
  const count = text.split(from).length - 1
  if (count !== 1) throw new Error(`${file} must have this once, not ${count} times: ${from}`)
  return text.replace(from, () => to)
}

/**
 * Takes away every constraint that backs the decisions up, and the guard of the log. Only then is it seen what
 * else would notice a fault.
 */
export async function dropConstraints(database: Database): Promise<void> {
  await database.execute(`
    do $$
    declare
      v_constraint record;
    begin
      for v_constraint in
        select conrelid::regclass as from_table, conname from pg_constraint
        where contype = 'c' and conrelid in ('coupon_usage'::regclass, 'redemption'::regclass)
      loop
        execute format('alter table %s drop constraint %I', v_constraint.from_table, v_constraint.conname);
      end loop;
    end $$;
    drop index if exists redemption_ordinal, redemption_user;
    alter table idempotency_key drop constraint if exists idempotency_key_pkey;
    drop trigger if exists redemption_moves_on on redemption`)
}

/** The decision names an index that {@link dropConstraints} takes away. */
export const WITHOUT_INDEX: Replacement = {
  file: 'migrations/0002-decide.sql',
  from: 'on conflict (coupon_id, user_id, user_ordinal) do nothing',
  to: 'on conflict do nothing',
}
