import { defineNode, Workflow, WorkflowError } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const read = defineNode({
  name: "read",
  input: z.object({}),
  output: z.object({ numbers: z.array(z.number()) }),
  run: () => ({ numbers: [1, 2, 3] }),
});

const divide = defineNode({
  name: "divide",
  input: z.object({ numbers: z.array(z.number()), by: z.number() }),
  output: z.object({ numbers: z.array(z.number()) }),
  run: ({ numbers, by }) => {
    if (by === 0) throw new RangeError("cannot divide by 0");
    return { numbers: numbers.map((each) => each / by) };
  },
});

// #region retry
/** Fails twice, then works; only a busy service is worth another attempt. */
const flaky = defineNode({
  name: "flaky",
  input: z.object({}),
  output: z.object({ attempts: z.int() }),
  retry: { attempts: 5, delayMs: 1, backoff: "fixed", retryOn: (error) => String(error).includes("busy") },
  run: (_input, { attempt }) => {
    if (attempt < 3) throw new Error("the service is busy");
    return { attempts: attempt };
  },
});
// #endregion retry

// #region timeout
/** Never answers, but heeds its signal. */
const slow = defineNode({
  name: "slow",
  input: z.object({}),
  output: z.object({}),
  timeoutMs: 20,
  run: (_input, { signal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    }),
});
// #endregion timeout

const runtime = new LocalRuntime();

console.log("A failure");
const division = new Workflow("division");
const source = division.addNode("source", read, {});
division.addNode("quotient", divide, { numbers: source.out.numbers, by: 0 });
// #region failure
try {
  await runtime.execute(division);
} catch (error) {
  if (!(error instanceof WorkflowError)) throw error;
  console.log(`  ${error.code}: ${error.message}`);
  console.log(`  failed at node: ${error.nodeId}`);
  console.log(`  completed nodes: ${Object.keys(error.partialResults).join(", ")}`);
  console.log(`  the node threw: ${String(error.cause)}`);
}
// #endregion failure

console.log("Retry");
const retried = new Workflow("retried");
retried.addNode("flaky", flaky, {});
const patient = await runtime.execute(retried);
console.log(`  ${patient.status} after ${patient.nodes["flaky"]!.attempts} attempts`);

console.log("Timeout");
const late = new Workflow("late");
late.addNode("slow", slow, {});
await runtime.execute(late).catch((error: WorkflowError) => console.log(`  ${error.code} at ${error.nodeId}`));

console.log("Going on after a failure");
const branches = new Workflow("branches");
const origin = branches.addNode("origin", read, {});
const wrong = branches.addNode("wrong", divide, { numbers: origin.out.numbers, by: 0 });
branches.addNode("after_wrong", divide, { numbers: wrong.out.numbers, by: 2 });
branches.addNode("right", divide, { numbers: origin.out.numbers, by: 2 });
// #region continue
const result = await runtime.execute(branches, { onFailure: "continue" });
console.log(
  `  run: ${result.status}, errors: ${result.errors.map(({ nodeId, code }) => `${nodeId} ${code}`).join(", ")}`,
);
for (const [id, { status }] of Object.entries(result.nodes)) console.log(`  ${id}: ${status}`);
// #endregion continue
