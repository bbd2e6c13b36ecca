import { z } from "zod";

const Rows = z.object({ rows: z.array(z.object({ n: z.number() })) });

/** Refuses what is not a table, as zod does. */
export function process(payload: unknown): unknown {
  return Rows.parse(payload);
}
