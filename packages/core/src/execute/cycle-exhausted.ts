import { PolyloomError } from "@polyloom/wire";
import type { Plan } from "../plan/plan.ts";
import type { CycleRun } from "./cycle-run.ts";
import { type Failure, failureOf } from "./failure.ts";

/** A cycle that was to converge and did not (C5), with the values that it had last. */
export function exhaustedFailure({ steps }: Plan, cycle: CycleRun, reason: "max_iterations" | "timeout"): Failure {
  const { plan } = cycle;
  const { iterations } = cycle.progress;
  const message = `cycle "${plan.name}" ran out of ${reason === "timeout" ? "time" : "iterations"} after ${iterations} without converging; raise its limit, loosen its criterion, or accept with onExhausted("accept")`;
  const nodes = plan.steps.filter((index) => steps[index]!.kind !== "relay");
  const last = Object.fromEntries(nodes.map((index) => [steps[index]!.id, cycle.committed(index)]));
  const details = { cycle: plan.name, reason, iterations, last };
  return failureOf(new PolyloomError("cycle_exhausted", message, { details }), { iteration: iterations });
}
