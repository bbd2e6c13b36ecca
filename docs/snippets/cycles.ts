import { all, defineNode, delta, plateau, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), of: z.number() }),
  output: z.object({ x: z.number(), moved: z.number() }),
  run: ({ x, of }) => ({ x: (x + of / x) / 2, moved: Math.abs(of / x - x) / 2 }),
});
const runtime = new LocalRuntime();

// #region predicate
const byPredicate = new Workflow("byPredicate");
const step = byPredicate.addNode("step", newton, { x: 1, of: 2 });
byPredicate
  .createCycle("refine")
  .connect(step.out.x, step.in.x)
  .convergeWhen(step.out.x, (x, { previous, iteration }) => iteration > 1 && Math.abs(x - previous!) < 1e-12)
  .maxIterations(50)
  .build();
// #endregion predicate
const { refine } = (await runtime.execute(byPredicate)).cycles;
console.log(refine?.iterations, refine?.reason);

// #region criteria
const byCriteria = new Workflow("byCriteria");
const each = byCriteria.addNode("step", newton, { x: 1, of: 2 });
byCriteria
  .createCycle("refine")
  .connect(each.out.x, each.in.x)
  .convergeWhen(all(delta(each.out.x, 1e-9), plateau(each.out.moved, { patience: 2 })))
  .timeout(5_000)
  .build();
// #endregion criteria
console.log((await runtime.execute(byCriteria)).cycles["refine"]?.reason);

// #region exhausted
const impatient = new Workflow("impatient");
const hurried = impatient.addNode("step", newton, { x: 1, of: 2 });
impatient
  .createCycle("refine")
  .connect(hurried.out.x, hurried.in.x)
  .convergeWhen("step.moved == 0")
  .maxIterations(2)
  .onExhausted("fail")
  .build();
const error = await runtime.execute(impatient).catch((reason: { code: string; details: unknown }) => reason);
if ("code" in error) console.log(error.code, error.details);
// #endregion exhausted
