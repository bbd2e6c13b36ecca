import type { CyclePlan, Plan } from "../plan/plan.ts";

/** Whether two units of a cycle's body do not wait for each other: then there is more than one order to run them in (Kahn, 1962). */
export function isWide({ next: { start, targets } }: Plan, { units }: CyclePlan): boolean {
  const pending = new Map(units.map((unit) => [unit, 0]));
  const followers = (unit: number): Int32Array | readonly number[] => targets.slice(start[unit]!, start[unit + 1]!);
  for (const unit of units) for (const each of followers(unit)) pending.set(each, pending.get(each)! + 1);
  let ready = units.filter((unit) => pending.get(unit) === 0);
  for (let [unit] = ready; ready.length === 1 && unit !== undefined; [unit] = ready) {
    for (const each of followers(unit)) pending.set(each, pending.get(each)! - 1);
    ready = [...followers(unit)].filter((each) => pending.get(each) === 0);
  }
  return ready.length > 1;
}
