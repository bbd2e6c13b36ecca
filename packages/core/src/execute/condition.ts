import type { CyclePlan } from "../plan/plan.ts";
import { decide, type IterationEnd } from "./convergence.ts";
import { resolve } from "./inputs.ts";

/** One run of a cycle's condition (C6). */
export interface Condition {
  /** Asked before an iteration; a dead value says no. */
  holds(iteration: number, now: Pick<IterationEnd, "outputs" | "elapsedMs">): boolean;
  /** Earlier values, as far as its window asks: to go on from, with {@link startCondition}. */
  memory(): readonly unknown[];
}

/** Starts a cycle's condition, afresh or from a memory. */
export function startCondition(cycle: CyclePlan, memory: readonly unknown[] = []): Condition {
  const { source, test } = cycle.condition!;
  let history = memory;
  const holds: Condition["holds"] = (iteration, { outputs, elapsedMs }) => {
    const value = resolve(source, outputs);
    if (value === undefined) return false;
    const info = { iteration, previous: history.at(-1), elapsedMs, history };
    const answer = decide(cycle, iteration, "continueWhile", test as (value: unknown) => unknown, value, info);
    history = [...history, value].slice(-cycle.historyWindow);
    return answer;
  };
  return { holds, memory: () => history };
}
