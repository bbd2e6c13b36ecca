import type { Plan, Step } from "../plan/plan.ts";
import type { Issue } from "../validate/issue.ts";
import type { Capabilities, Feature } from "./capabilities.ts";
import type { RuntimeOptions } from "./options.ts";

/** What a workflow needs and a runtime's manifest excludes, each as an issue. */
export function checkSupport(
  runtime: string,
  { unsupported, isolates }: Capabilities,
  plan: Plan,
  options: RuntimeOptions,
): Issue[] {
  const refusals = unsupported.flatMap((feature) => {
    const place = NEEDS[feature](plan, options);
    return place === undefined ? [] : [refusal(runtime, feature, place)];
  });
  return isolates ? [...refusals, ...plan.steps.filter(isNowhere).map(notPortable)] : refusals;
}

function isNowhere({ definition }: Step): boolean {
  return definition !== undefined && definition.reference === undefined && definition.inline !== true;
}

function notPortable({ id, definition }: Step): Issue {
  return {
    code: "node_not_portable",
    severity: "error",
    place: id,
    message: `node "${definition!.name}" cannot be found again elsewhere: no module shows on the stack of its definition`,
    expected: "a module whose loading creates the node",
    found: "code without a file",
    remedy: "define it at the top level of a module, or pass module: import.meta.url",
  };
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
