import { once } from "node:events";
import { defineNode, Workflow, WorkflowError } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const first = defineNode({
  name: "first",
  input: z.object({}),
  output: z.object({ x: z.number() }),
  run: () => ({ x: 1 }),
});
// #region node
const waitForEver = defineNode({
  name: "waitForEver",
  input: z.object({ x: z.number() }),
  output: z.object({}),
  run: async (_input, { signal, progress }) => {
    progress(0);
    await once(signal, "abort"); // fetch, timers and streams take the signal themselves
    throw signal.reason;
  },
});
// #endregion node
const flow = new Workflow("endless");
const begin = flow.addNode("begin", first, {});
flow.addNode("wait", waitForEver, { x: begin.out.x });

const controller = new AbortController();
const observers = [{ onEvent: ({ type }: { type: string }) => void (type === "node.progress" && controller.abort()) }];
// #region cancel
try {
  await new LocalRuntime().execute(flow, { signal: controller.signal, observers });
} catch (error) {
  if (!(error instanceof WorkflowError)) throw error;
  console.log(error.code, error.partialResults, error.nodes["wait"]?.status);
}
// #endregion cancel
