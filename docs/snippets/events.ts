import { defineNode, type RunEvent, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const halve = defineNode({
  name: "halve",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }, { progress }) => {
    progress(1, 2, "half way");
    return { x: x / 2 };
  },
});
const flow = new Workflow("halves");
const node = flow.addNode("node", halve, { x: 8 });
flow.createCycle("down").connect(node.out.x, node.in.x).maxIterations(2).build();
const runtime = new LocalRuntime();

// #region observer
const counts = new Map<string, number>();
const onEvent = ({ type }: RunEvent): void => void counts.set(type, (counts.get(type) ?? 0) + 1);
await runtime.execute(flow, { observers: [{ onEvent }] });
console.log(Object.fromEntries(counts));
// #endregion observer

// #region stream
for await (const event of runtime.stream(flow)) {
  if (event.type === "cycle.iteration") console.log(`${event.cycle}: iteration ${event.iteration}`);
}
// #endregion stream
