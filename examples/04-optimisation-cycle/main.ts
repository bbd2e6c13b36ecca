import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

// #region optimizer
/** One step of gradient descent on f(x) = x⁴ − 3x³ + 2, whose minimum is at x = 9/4. */
const optimizerNode = defineNode({
  name: "optimizer",
  input: z.object({ value: z.number(), rate: z.number().default(0.04) }),
  output: z.object({ value: z.number(), cost: z.number(), converged: z.boolean() }),
  run: ({ value, rate }) => {
    const gradient = 4 * value ** 3 - 9 * value ** 2;
    const next = value - rate * gradient;
    return { value: next, cost: next ** 4 - 3 * next ** 3 + 2, converged: Math.abs(gradient) < 1e-9 };
  },
});
// #endregion optimizer

// #region cycle
const workflow = new Workflow("optimization");
const optimizer = workflow.addNode("optimizer", optimizerNode);
workflow
  .createCycle("optimization_cycle")
  .connect(optimizer.out.value, optimizer.in.value)
  .maxIterations(100)
  .convergeWhen("converged == true")
  .build();

const runtime = new LocalRuntime();
const result = await runtime.execute(workflow, { parameters: { optimizer: { value: 1 } } });

console.log(`Iterations: ${result.cycleMetrics.totalIterations}`);
console.log(`Converged: ${result.cycleMetrics.converged}`);
// #endregion cycle
console.log(`Minimum: f(${result.get(optimizer).value.toFixed(6)}) = ${result.get(optimizer).cost.toFixed(6)}`);

const hurried = await runtime.execute(workflow, { parameters: { optimizer: { value: 1, rate: 0.0001 } } });
const { reason, iterations } = hurried.cycles["optimization_cycle"]!;
console.log(`With steps that are too small: ${reason} after ${iterations} iterations`);
