import type { Plan } from "../plan/plan.ts";
import { type CutPart, cutPart, type PartValues } from "./plan-part.ts";

/** Parts of one plan that are kept: more would be remembered than sent again. */
const MOST = 64;

const PARTS = new WeakMap<Plan, Map<string, CutPart>>();

/**
 * Cuts strands out of a plan; a part that says the same in every run of the plan is cut once.
 * @throws PolyloomError `not_transferable` where a value cannot cross
 */
export function partOf(plan: Plan, strands: readonly (readonly number[])[], values: PartValues): CutPart {
  if (values.parameters !== undefined || plan.moves !== undefined) return cutPart(plan, strands, values);
  const key = keyOf(strands, values);
  const known = PARTS.get(plan) ?? new Map<string, CutPart>();
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const part = cutPart(plan, strands, values);
  if (part.part.given.length === 0 && known.size < MOST) PARTS.set(plan, known.set(key, part));
  return part;
}

/** Its units, and which of them are waited for. */
function keyOf(strands: readonly (readonly number[])[], { isUrgent }: PartValues): string {
  let key = "";
  for (const strand of strands) {
    for (const unit of strand) key += isUrgent(unit) ? `${unit}!` : `${unit},`;
    key += ";";
  }
  return key;
}
