import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { increment } from "./counting.fixture.ts";
import { CyclicRuntime } from "./cyclic-runtime.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test(
  "C9: 300,000 iterations with metrics, a hook and a window run in bounded memory",
  { timeout: 60_000 },
  async () => {
    const iterations = 300_000;
    const used: number[] = [];
    let heard = 0;
    const flow = new Workflow("long");
    const step = flow.addNode("step", increment, { n: 0 });
    flow
      .createCycle("loop")
      .connect(step.out.n, step.in.n)
      .convergeWhen(step.out.n, (n) => {
        if (n % (iterations / 6) === 0) used.push(heapUsed());
        return n === iterations;
      })
      .build();
    const runtime = new CyclicRuntime({
      collectMetrics: true,
      history: { iterations: 100, bytes: "1MB" },
      onIteration: () => void heard++,
    });
    const result = await runtime.execute(flow);
    expect([heard, runtime.cyclesOf(result)["loop"]!.times!.count]).toEqual([iterations, iterations]);
    // The first reading comes after what is kept has filled up.
    expect(Math.max(...used.slice(1)) - used[0]!).toBeLessThan(2_000_000);
  },
);

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
