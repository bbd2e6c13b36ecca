import type { Plan } from "../plan/plan.ts";
import type { Parameters } from "../validate/validate.ts";

type Values = Record<string, unknown>;

/** Parameters and declared inputs by step; those of a sub-workflow go to the relays of its ports. */
export function stepParameters(
  plan: Plan,
  parameters: Parameters | undefined,
  input: Readonly<Values> | undefined,
): Map<number, Values> | undefined {
  if (parameters === undefined && input === undefined) return undefined;
  const found = new Map<number, Values>();
  const relay = (id: string, values: Readonly<Values>): void => {
    for (const [port, step] of plan.subs.get(id)!.inputs)
      if (Object.hasOwn(values, port)) found.set(step, { [port]: values[port] });
  };
  for (const id of Object.keys(parameters ?? {})) {
    const index = plan.indexOf.get(id);
    if (index === undefined) relay(id, parameters![id]!);
    else found.set(index, { ...parameters![id] });
  }
  if (input !== undefined) relay("", input);
  return found;
}
