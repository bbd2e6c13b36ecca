import type { Plan } from "../plan/plan.ts";
import type { Issue } from "../validate/issue.ts";
import type { Capabilities, Feature } from "./capabilities.ts";
import type { RuntimeOptions } from "./options.ts";

/** What a workflow needs and a runtime's manifest excludes, each as an issue. */
export function checkSupport(
  runtime: string,
  { unsupported }: Capabilities,
  plan: Plan,
  options: RuntimeOptions,
): Issue[] {
  return unsupported.flatMap((feature) => {
    const place = NEEDS[feature](plan, options);
    return place === undefined ? [] : [refusal(runtime, feature, place)];
  });
}

/** Where a plan needs a feature, or `undefined`. */
const NEEDS: Readonly<Record<Feature, (plan: Plan, options: RuntimeOptions) => string | undefined>> = {
  cycles: ({ cycles }) => cycles[0] && `cycle ${cycles[0].name}`,
  maps: ({ steps }) => steps.find(({ kind }) => kind === "map")?.id,
  subworkflows: ({ subs }) => [...subs.keys()].find((id) => id !== ""),
  retries: ({ steps }, { retry }) =>
    retry ? "runtime" : steps.find(({ definition }) => (definition?.retry?.attempts ?? 1) > 1)?.id,
  timeouts: ({ steps, cycles }, { timeoutMs, nodeTimeoutMs }) =>
    (timeoutMs ?? nodeTimeoutMs)
      ? "runtime"
      : (steps.find(({ definition }) => definition?.timeoutMs)?.id ?? cycles.find((cycle) => cycle.timeoutMs)?.name),
  state: ({ cycles }) => cycles[0] && `cycle ${cycles[0].name}`,
};

function refusal(runtime: string, feature: Feature, place: string): Issue {
  return {
    code: "unsupported",
    severity: "error",
    place,
    message: `${runtime} does not support ${feature}`,
    expected: `a runtime that supports ${feature}`,
    found: runtime,
    remedy: "run it on another runtime; the capability matrix says which",
  };
}
