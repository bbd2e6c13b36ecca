import type { WorkflowLike } from "../define/graph.ts";
import { analyze, type Structure } from "../validate/structure.ts";
import { buildPlan } from "./build-plan.ts";
import type { Plan } from "./plan.ts";

/** What is known of a workflow at one version. */
export interface Prepared {
  readonly structure: Structure;
  /** Made when first asked for; only sound without issues that are errors. */
  plan(): Plan;
}

const PREPARED = new WeakMap<WorkflowLike, Prepared & { readonly version: number }>();

/** Looks at a workflow once a version: a workflow that changed is looked at again (R3). */
export function prepare(workflow: WorkflowLike): Prepared {
  const known = PREPARED.get(workflow);
  if (known !== undefined && known.version === workflow.version) return known;
  const structure = analyze(workflow);
  const { version } = workflow;
  let plan: Plan | undefined;
  const prepared = { structure, version, plan: () => (plan ??= buildPlan(structure, version)) };
  PREPARED.set(workflow, prepared);
  return prepared;
}
