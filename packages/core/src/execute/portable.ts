import { assertTransferable, deepFreeze } from "@polyloom/wire";
import type { RunSettings } from "./run-settings.ts";
import { type Outcome, placeFailed, type Task } from "./task.ts";

type RunTask = RunSettings["runTask"];

/** Makes a place that shares memory behave as one that does not: copies, frozen, of what can cross (D1, D3). */
export function portably(runTask: RunTask): RunTask {
  return (task, signal) => {
    let input: Task["input"];
    try {
      input = copied(task.input, task.nodeId);
    } catch (error) {
      return placeFailed(error);
    }
    const outcome = runTask({ ...task, input }, signal);
    return "status" in outcome ? carried(outcome, task) : outcome.then((each) => carried(each, task));
  };
}

function copied(values: Task["input"], nodeId: string): Task["input"] {
  for (const port of Object.keys(values)) assertTransferable(values[port], `${nodeId}.${port}`);
  return deepFreeze(structuredClone(values));
}

function carried(outcome: Outcome, { nodeId }: Task): Outcome {
  if (outcome.status === "failed")
    return isMutation(outcome.error) ? { ...outcome, code: "portable_mutation" } : outcome;
  const { output } = outcome;
  if (typeof output !== "object" || output === null) return outcome;
  try {
    for (const port of Object.keys(output))
      assertTransferable((output as Record<string, unknown>)[port], `${nodeId}.${port}`);
    return { ...outcome, output: structuredClone(output) };
  } catch (error) {
    return placeFailed(error);
  }
}

/** What V8 says where strict code changes a frozen object. */
function isMutation(error: unknown): boolean {
  return error instanceof TypeError && /read only property|not extensible|Cannot delete property/.test(error.message);
}
