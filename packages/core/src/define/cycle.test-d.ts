import { z } from "zod";
import { all, any, delta, fixpoint, plateau } from "./criterion.ts";
import { defineNode } from "./node.ts";
import { holds, type Same } from "./wire.test-d.ts";
import { Workflow } from "./workflow.ts";

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), label: z.string().optional() }),
  output: z.object({
    x: z.number(),
    text: z.string(),
    point: z.array(z.number()),
    grid: z.array(z.array(z.number())),
    floats: z.instanceof(Float64Array),
    maybe: z.number().optional(),
  }),
  run: () => null as never,
});
const flow = new Workflow("cycles");
const step = flow.addNode("step", newton, { x: 1 });
const cycle = flow.createCycle("refine");

// Right: every way to feed back, to stop, to go on.
cycle
  .connect(step.out.x, step.in.x)
  .connect("step.text", "step.label")
  .connect(step.out.maybe, step.in.x)
  .connect(step.out.point.at(0), step.in.x)
  .maxIterations(10)
  .timeout(1000)
  .historyWindow(3)
  .onExhausted("fail")
  .include(step, "step")
  .convergeWhen(step.out.x, (value, info) => {
    holds<Same<typeof value, number>>();
    holds<Same<typeof info.previous, number | undefined>>();
    holds<Same<typeof info.history, readonly number[]>>();
    holds<Same<typeof info.iteration, number>>();
    return Math.abs(value - (info.previous ?? 0)) < 1e-9;
  })
  .convergeWhen("step.x < 1e-9")
  .convergeWhen(delta(step.out.x, 1e-9))
  .convergeWhen(
    all(
      delta(step.out.point, 1),
      delta(step.out.grid, 1),
      any(delta(step.out.floats, 1), fixpoint(step.out.text, { patience: 2 })),
    ),
  )
  .convergeWhen(plateau(step.out.x, { goal: "max", patience: 3, tolerance: 0.1 }))
  .continueWhile(step.out.text, (text) => text.length > 0)
  .build();

// @ts-expect-error a text fed back into a number
cycle.connect(step.out.text, step.in.x);
// @ts-expect-error a number fed back into a text
cycle.connect(step.out.x, step.in.label);
// @ts-expect-error a misspelt target
cycle.connect(step.out.x, step.in.y);
// @ts-expect-error a misspelt source
cycle.connect(step.out.y, step.in.x);
// @ts-expect-error a predicate over another type
cycle.convergeWhen(step.out.x, (value: string) => value === "");
// @ts-expect-error a predicate that uses what its value lacks
cycle.convergeWhen(step.out.x, (value) => value.length > 0);
// @ts-expect-error a predicate that gives no boolean
cycle.convergeWhen(step.out.x, (value) => value);
// @ts-expect-error a predicate that gives a promise
cycle.convergeWhen(step.out.x, async (value) => value > 0);
// @ts-expect-error no predicate
cycle.convergeWhen(step.out.x);
// @ts-expect-error a condition over another type
cycle.continueWhile(step.out.text, (value: number) => value > 0);
// @ts-expect-error delta of a text
delta(step.out.text, 1);
// @ts-expect-error delta without a tolerance
delta(step.out.x);
// @ts-expect-error plateau of a list
plateau(step.out.point);
// @ts-expect-error an unknown goal
plateau(step.out.x, { goal: "sideways" });
// @ts-expect-error a misspelt setting
fixpoint(step.out.x, { patiance: 3 });
// @ts-expect-error an unknown policy
cycle.onExhausted("explode");
// @ts-expect-error a text as a limit
cycle.maxIterations("10");
// @ts-expect-error a port included
cycle.include(step.out.x);
