import type { WorkflowLike } from "../define/graph.ts";
import type { FailureMode } from "../execute/options.ts";
import { analyze, type Structure } from "../validate/structure.ts";
import { buildPlan } from "./build-plan.ts";
import type { Plan } from "./plan.ts";

/** What is known of a workflow at one version. */
export interface Prepared {
  readonly structure: Structure;
  /** The plan of runs that stop, or go on, after a failure: made when first asked for, and only sound without errors. */
  plan(onFailure: FailureMode): Plan;
}

const PREPARED = new WeakMap<WorkflowLike, Prepared & { readonly version: number }>();

/** Looks at a workflow once a version: a workflow that changed is looked at again (R3). */
export function prepare(workflow: WorkflowLike): Prepared {
  const known = PREPARED.get(workflow);
  if (known !== undefined && known.version === workflow.version) return known;
  const structure = analyze(workflow);
  const { version } = workflow;
  const plans: Partial<Record<FailureMode, Plan>> = {};
  const hasSubs = structure.subs.size > 0;
  const plan = (onFailure: FailureMode): Plan => {
    // Only what happens to sub-workflows after a failure differs.
    const mode = hasSubs ? onFailure : "stop";
    return (plans[mode] ??= buildPlan(structure, mode === "continue"));
  };
  const prepared = { structure, version, plan };
  PREPARED.set(workflow, prepared);
  return prepared;
}
