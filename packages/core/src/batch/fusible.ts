import { definedFunctionOf } from "../define/defined-function.ts";
import type { CriterionPlan, CyclePlan, Plan, Step } from "../plan/plan.ts";
import type { RunSettings } from "../execute/run-settings.ts";

/** What of a run's settings decides whether a node may be fused. */
export type FusionSettings = Pick<RunSettings, "retry" | "nodeTimeoutMs" | "groupLimits">;

/**
 * Which units of a plan may run in a batch. What has to be watched from here while it runs may not: nodes with a time
 * limit, with attempts, of a group with a limit. A cycle may if all that it needs can be found elsewhere.
 */
export function fusibleUnits(plan: Plan, settings: FusionSettings): Uint8Array {
  const { steps, cycles } = plan;
  const fusible = new Uint8Array(plan.waits.length);
  for (const step of steps) if (step.scope < 0 && isFusible(step, settings)) fusible[step.index] = 1;
  for (const cycle of cycles)
    if (cycle.parent < 0 && isFusibleCycle(cycle, plan, settings)) fusible[steps.length + cycle.index] = 1;
  return fusible;
}

function isFusible({ kind, definition }: Step, settings: FusionSettings): boolean {
  return kind === "node" && isFusibleNode(definition, settings);
}

/** Whether nothing has to be watched from here while a node runs. */
export function isFusibleNode(
  definition: Step["definition"],
  { retry, nodeTimeoutMs, groupLimits }: FusionSettings,
): boolean {
  if (definition?.reference === undefined || definition.inline === true) return false;
  if ((definition.retry ?? retry) !== undefined || (definition.timeoutMs ?? nodeTimeoutMs) !== undefined) return false;
  return definition.group === undefined || !Object.hasOwn(groupLimits, definition.group);
}

function isFusibleCycle(cycle: CyclePlan, { steps, cycles }: Plan, settings: FusionSettings): boolean {
  const within = cycles.filter(({ index, steps: [first] }) => index >= cycle.index && cycle.steps.includes(first!));
  return within.every(isPortable) && cycle.steps.every((index) => isFusible(steps[index]!, settings));
}

function isPortable({ timeoutMs, criterion, condition }: CyclePlan): boolean {
  if (timeoutMs !== undefined) return false;
  return isPortableCriterion(criterion) && (condition === undefined || isPortableFunction(condition.test));
}

function isPortableCriterion(criterion: CriterionPlan | undefined): boolean {
  return criterion?.kind !== "predicate" || isPortableFunction(criterion.test);
}

function isPortableFunction(test: object): boolean {
  return definedFunctionOf(test)?.reference !== undefined;
}
