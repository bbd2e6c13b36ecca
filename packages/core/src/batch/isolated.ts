import { assertTransferable } from "@polyloom/wire";
import { type Outcome, placeFailed, type Task } from "../execute/task.ts";

type Values = Readonly<Record<string, unknown>>;
type Perform = (task: Task) => Outcome | Promise<Outcome>;

/** Keeps nodes in one place apart: each gets copies of its own, and gives only what can cross (D1, D3). */
export function isolated(perform: Perform): Perform {
  return (task) => {
    const input = copied(task.input);
    const outcome = perform(input === task.input ? task : { ...task, input });
    return "status" in outcome ? carried(outcome, task) : outcome.then((each) => carried(each, task));
  };
}

function carried(outcome: Outcome, { nodeId }: Task): Outcome {
  if (outcome.status === "failed" || typeof outcome.output !== "object" || outcome.output === null) return outcome;
  const output = outcome.output as Values;
  if (isFlat(output)) return outcome;
  try {
    for (const port of Object.keys(output)) assertTransferable(output[port], `${nodeId}.${port}`);
    return { ...outcome, output: structuredClone(output) };
  } catch (error) {
    return placeFailed(error);
  }
}

function copied(values: Values): Values {
  return isFlat(values) ? values : structuredClone(values);
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
