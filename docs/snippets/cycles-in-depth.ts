import { defineNode, Workflow, type WorkflowError } from "@polyloom/core";
import { CyclicRuntime } from "@polyloom/runtime-cyclic";
import { z } from "zod";

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), of: z.number() }),
  output: z.object({ x: z.number(), moved: z.number() }),
  run: ({ x, of }) => ({ x: (x + of / x) / 2, moved: Math.abs(of / x - x) / 2 }),
});
const flow = new Workflow("root");
const step = flow.addNode("step", newton, { x: 1, of: 2 });
flow.createCycle("refine").connect(step.out.x, step.in.x).convergeWhen("step.moved < 1e-12").maxIterations(50).build();

// #region window
const runtime = new CyclicRuntime({ history: { iterations: 100, bytes: "10MB" } });
const result = await runtime.execute(flow);
const { history } = runtime.cyclesOf(result)["refine"]!;
for (const { iteration, values } of history) console.log(iteration, values["step"]);
// #endregion window

// #region metrics
const metered = new CyclicRuntime({ collectMetrics: true });
const { times } = metered.cyclesOf(await metered.execute(flow))["refine"]!;
console.log(times?.count, times!.min <= times!.p95 && times!.p95 <= times!.max);

await metered.execute(flow);
const { totalIterations, converged, cycles } = metered.getCycleMetrics();
console.log(totalIterations, converged, cycles["refine"]?.reasons);
// #endregion metrics

// #region limit
const hoard = defineNode({
  name: "hoard",
  input: z.object({ n: z.int() }),
  output: z.object({ n: z.int() }),
  run: ({ n }, { state }) => {
    state["all"] = [...((state["all"] as number[] | undefined) ?? []), n]; // nobody ever reads it
    return { n: n + 1 };
  },
});
const greedy = new Workflow("greedy");
const greed = greedy.addNode("greed", hoard, { n: 0 });
greedy.createCycle("keep").connect(greed.out.n, greed.in.n).maxIterations(1_000_000).build();

const careful = new CyclicRuntime({ memoryLimit: "1KB" });
const error = (await careful.execute(greedy).catch((reason: unknown) => reason)) as WorkflowError;
console.log(error.code, error.details, error.cycles["keep"]?.reason);
// #endregion limit

// #region lint
const hasty = new Workflow("hasty");
const from = hasty.addNode("from", newton, { x: 1, of: 2 });
const to = hasty.addNode("to", newton, { x: from.out.x, of: 2 });
const cycle = hasty.createCycle("once").connect(to.out.x, to.in.x).maxIterations(1);
cycle.convergeWhen(from.out.moved, (moved) => moved < 1e-12).build(); // "from" is not in the body
for (const { code, message } of runtime.check(hasty)) console.log(code, "·", message);
// #endregion lint
