import { all, defineFunction, defineNode, delta, firstOf, fixpoint, ifElse, switchOn, Workflow } from "@polyloom/core";
import { z } from "zod";

const tree: z.ZodType<Tree> = z.lazy(() => z.object({ value: z.number(), children: z.array(tree) }));
interface Tree {
  value: number;
  children: Tree[];
}

// What authors export without annotations: the compiler has to name each type in a declaration file.
export const source = defineNode({
  name: "source",
  input: z.object({ path: z.string(), limit: z.number().default(5) }),
  output: z.object({
    rows: z.array(z.object({ id: z.number(), at: z.date() })),
    tree,
    bytes: z.instanceof(Uint8Array),
    kind: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a") }),
      z.object({ kind: z.literal("b"), n: z.number() }),
    ]),
    maybe: z.string().brand<"Id">().optional(),
    anything: z.any(),
  }),
  run: () => null as never,
});
export const choice = ifElse(z.number(), (value) => value > 0);
export const cases = switchOn(z.object({ n: z.number() }), { small: ({ n }) => n < 1, large: ({ n }) => n > 9 });
export const isSmall = defineFunction("isSmall", (value: number) => value < 1);

export const flow = new Workflow("exported", {
  input: z.object({ path: z.string(), depth: z.number().optional() }),
  output: z.object({ first: z.number() }),
});
export const plain = new Workflow("plain");
export const handle = flow.addNode("source", source, { path: flow.input.path });
export const { rows, anything } = handle.out;
export const first = rows.at(0).id;
export const branch = flow.addNode("branch", choice, { value: first });
export const joined = firstOf(branch.out.then, branch.out.else);
export const counter = defineNode({
  name: "counter",
  input: z.object({ value: z.number(), by: z.number().optional() }),
  output: z.object({ value: z.number() }),
  run: ({ value, by = 1 }) => ({ value: value + by }),
});
export const map = flow.addMap("map", counter, { each: { value: [1, 2] }, with: { by: first } });
export const step = flow.addNode("step", counter, { value: joined });
export const cycle = flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3);
export const criterion = all(delta(step.out.value, 1), fixpoint(step.out.value));
export const sub = plain.addNode("sub", flow, { path: "x" });
export const same = flow.setOutput({ first: step.out.value });
