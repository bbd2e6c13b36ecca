import { readFile } from "node:fs/promises";
import { defineNode, delta, Workflow } from "@polyloom/core";
import { CyclicRuntime } from "@polyloom/runtime-cyclic";
import { z } from "zod";

const Line = z.object({ slope: z.number(), intercept: z.number() });

/** Reads two columns of the measured flowers that another example brings: lengths and widths of petals. */
const readPetals = defineNode({
  name: "readPetals",
  input: z.object({}),
  output: z.object({ x: z.instanceof(Float64Array), y: z.instanceof(Float64Array) }),
  run: async () => {
    const text = await readFile(new URL("../00-iris/iris.csv", import.meta.url), "utf8");
    const rows = text
      .trim()
      .split("\n")
      .map((row) => row.split(",").map(Number));
    return { x: Float64Array.from(rows, (row) => row[2]!), y: Float64Array.from(rows, (row) => row[3]!) };
  },
});

// #region step
/** One step of gradient descent on half the mean squared error of a line through points. */
const descend = defineNode({
  name: "descend",
  input: z.object({
    x: z.instanceof(Float64Array),
    y: z.instanceof(Float64Array),
    line: z.array(z.number()),
    rate: z.number(),
  }),
  output: z.object({ line: z.array(z.number()), error: z.number() }),
  run: ({ x, y, line: [slope = 0, intercept = 0], rate }) => {
    let [bySlope, byIntercept, error] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const off = slope * x[i]! + intercept - y[i]!;
      bySlope += (off * x[i]!) / x.length;
      byIntercept += off / x.length;
      error += off ** 2 / x.length;
    }
    return { line: [slope - rate * bySlope, intercept - rate * byIntercept], error };
  },
});
// #endregion step

// #region cycle
const flow = new Workflow("petals");
const petals = flow.addNode("petals", readPetals, {});
const step = flow.addNode("step", descend, { x: petals.out.x, y: petals.out.y, line: [0, 0], rate: 0.1 });
flow
  .createCycle("descend")
  .connect(step.out.line, step.in.line)
  .convergeWhen(delta(step.out.line, 1e-10))
  .maxIterations(10_000)
  .build();

const runtime = new CyclicRuntime({ collectMetrics: true, history: { iterations: 3 } });
const result = await runtime.execute(flow);
const { reason, iterations, history, times } = runtime.cyclesOf(result)["descend"]!;
// #endregion cycle

console.log(`${reason} after ${iterations} iterations, ${times?.count} of them measured`);
for (const { iteration, values } of history)
  console.log(`  ${iteration}: ${(values["step"] as { line: number[] }).line.join(", ")}`);

const [slope, intercept] = result.get(step).line;
const known = leastSquares(result.get(petals));
console.log(`width = ${slope!.toFixed(6)} × length + ${intercept!.toFixed(6)}`);
console.log(`in closed form: ${known.slope.toFixed(6)} × length + ${known.intercept.toFixed(6)}`);

/** The same line, by the normal equations. */
function leastSquares({ x, y }: { readonly x: Float64Array; readonly y: Float64Array }): z.infer<typeof Line> {
  const mean = (of: Float64Array): number => of.reduce((sum, each) => sum + each, 0) / of.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const slope = mean(x.map((each, i) => (each - meanX) * (y[i]! - meanY))) / mean(x.map((each) => (each - meanX) ** 2));
  return { slope, intercept: meanY - slope * meanX };
}
