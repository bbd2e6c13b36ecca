import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

// #region state
const countdown = defineNode({
  name: "countdown",
  input: z.object({ left: z.int() }),
  output: z.object({ left: z.int(), seen: z.array(z.int()) }),
  run: ({ left }, { state }) => {
    const seen = [...((state["seen"] as number[] | undefined) ?? []), left];
    state["seen"] = seen; // lasts from one iteration to the next
    return { left: left - 1, seen };
  },
});
// #endregion state

// #region condition
const flow = new Workflow("count", { input: z.object({ from: z.int() }) });
const counted = flow.addNode("counted", countdown, { left: flow.input.from });
flow
  .createCycle("down")
  .connect(counted.out.left, counted.in.left)
  .continueWhile(counted.out.left, (left) => left > 0)
  .maxIterations(1_000)
  .build();
// #endregion condition
const result = await new LocalRuntime().execute(flow, { input: { from: 3 } });
console.log(result.get(counted).seen, result.cycles["down"]?.reason);
