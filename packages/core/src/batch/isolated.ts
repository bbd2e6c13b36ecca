import { assertTransferable, hasCode, PolyloomError } from "@polyloom/wire";
import { describeThrown } from "../execute/failure.ts";
import { type Outcome, placeFailed, type Task } from "../execute/task.ts";
import { smallCopy } from "./small-copy.ts";

type Values = Readonly<Record<string, unknown>>;
type Perform = (task: Task) => Outcome | Promise<Outcome>;

/** Keeps nodes in one place apart: each gets copies of its own, and gives only what can cross (D1, D3). */
export function isolated(perform: Perform): Perform {
  return (task) => {
    let input: Values;
    try {
      input = copied(task.input, task.nodeId, task.moved);
    } catch (error) {
      return unsent(error);
    }
    const outcome = perform(input === task.input ? task : { ...task, input });
    return "status" in outcome ? carried(outcome, task) : outcome.then((each) => carried(each, task));
  };
}

function carried(outcome: Outcome, { nodeId, node }: Task): Outcome {
  if (outcome.status === "failed" || typeof outcome.output !== "object" || outcome.output === null) return outcome;
  try {
    const output = copied(outcome.output as Values, nodeId, node.transfer);
    return output === outcome.output ? outcome : { ...outcome, output };
  } catch (error) {
    return unsent(error);
  }
}

/** What the clone itself cannot take, such as a buffer that is gone, cannot cross either. */
function unsent(cause: unknown): Outcome {
  if (hasCode(cause)) return placeFailed(cause);
  return placeFailed(
    new PolyloomError("not_transferable", `a value cannot cross: ${describeThrown(cause)}`, { cause }),
  );
}

/**
 * A copy of all but what nobody else has.
 * @throws PolyloomError `not_transferable`
 */
function copied(values: Values, nodeId: string, own: readonly string[] = []): Values {
  if (isFlat(values)) return values;
  const small = smallCopy(values);
  if (small !== undefined) return small;
  for (const port of Object.keys(values)) assertTransferable(values[port], `${nodeId}.${port}`);
  if (own.length === 0) return structuredClone(values);
  const copy = structuredClone(Object.fromEntries(Object.entries(values).filter(([port]) => !own.includes(port))));
  for (const port of own) if (values[port] !== undefined) copy[port] = values[port];
  return copy;
}

/** Whether nothing in it can be changed by two. */
function isFlat(values: Values): boolean {
  for (const port in values) {
    const value = values[port];
    if ((typeof value === "object" && value !== null) || typeof value === "function" || typeof value === "symbol")
      return false;
  }
  return true;
}
