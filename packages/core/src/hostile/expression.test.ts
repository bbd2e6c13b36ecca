import { expect, test } from "vitest";
import { defineNode } from "../define/node.ts";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { execute } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, type WrongProgram } from "./wrong-program.fixture.ts";

const step = defineNode({
  name: "step",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number(), delta: z.number(), label: z.string(), inner: z.looseObject({}) }),
  run: ({ value }) => ({ value: value + 1, delta: 1, label: "x", inner: { a: 1 } }),
});

/** A cycle of three iterations that ends by an expression; `twin` has the same ports. */
const converging = (text: string) => (): unknown => {
  const flow = new Workflow("w");
  const a = flow.addNode("step", step, { value: 0 });
  const b = flow.addNode("twin", step, { value: a.out.value });
  flow.createCycle("loop").connect(b.out.value, a.in.value).maxIterations(3).convergeWhen(text).build();
  return execute(flow);
};

const all = (code: WrongProgram[2], texts: readonly string[]): WrongProgram[] =>
  texts.map((text) => [text.slice(0, 60) || "(empty)", converging(text), code]);

testWrongPrograms(
  "expressions that do not parse (C4)",
  all("expression_invalid", [
    "",
    " ",
    "step.delta <",
    "(step.delta < 1",
    "step.delta < 1)",
    "step.delta < < 1",
    "1 2",
    "step.delta < 1; true",
    "step..delta < 1",
    "'text",
    "#",
    "\u0000",
    "step.delta = 1",
    "step.delta += 1",
    "x => x",
    "function () {}",
    "new Date() > 1",
    "[1, 2]",
    "{}",
    "`${1}` == 1",
    "this",
    "step.delta++ > 1",
    "a, b",
    "step.delta ?? 1",
    "~step.delta == 1",
    "step.delta & 1",
    "step.delta << 1",
    "typeof step.delta == 'number'",
    "'delta' in step",
    "/a/.test('a')",
  ]),
);

testWrongPrograms(
  "expressions that name what is not there (C4)",
  all("expression_invalid", [
    "nobody.delta < 1",
    "step.dleta < 1",
    "step < 1",
    "step",
    "Math.abs(step.delta) < 1",
    "sqrt(step.delta) < 1",
    "abs < 1",
    "previous < 1",
    "previous.nobody < 1",
    "undefined == step.delta",
    "NaN != 1",
    "Infinity > 1",
    "process",
    "globalThis",
    "delta < 1",
    "iteration.x < 1",
    "elapsedMs.constructor == 1",
  ]),
);

testWrongPrograms(
  "hostile expressions (C4)",
  all("expression_invalid", [
    'constructor.constructor("return process")()',
    'step.constructor.constructor("return process")()',
    'step.delta.constructor.constructor("return process")()',
    '"".constructor.constructor("return process")()',
    "abs.constructor('return process')()",
    "abs.call(1) == 1",
    "abs['call'](1) == 1",
    "__proto__",
    "__proto__.polluted == 1",
    "constructor",
    "prototype",
    "hasOwnProperty('a')",
    "toString() == ''",
    'step["constructor"] == 1',
    'step["__proto__"] == 1',
    "step.__proto__ == 1",
    'step["con" + "structor"] == 1',
    "step[step.label] == 1",
    "valueOf() == 1",
    "previous.__proto__ == 1",
    "abs(constructor) == 1",
    "max(...step.inner) == 1",
    "import('node:fs') == 1",
    "require('fs') == 1",
    `${"(".repeat(100_000)}1${")".repeat(100_000)} == 1`,
    `${"!".repeat(100_000)}true`,
    `${"1+".repeat(100_000)}1 == 1`,
    `step${".a".repeat(100_000)} == 1`,
  ]),
);

testWrongPrograms(
  "expressions that cannot be decided (C4)",
  all("expression_failed", [
    "step.delta",
    "1",
    "'true'",
    "step.label",
    "iteration",
    "step.delta + 1",
    "step.inner",
    "null",
    "step.delta && 1",
    "step.delta ? 1 : 2",
  ]),
);

test("C4: a path to a prototype's property is dead, and never convergence", async () => {
  for (const path of [
    "step.inner.constructor",
    "step.inner.__proto__",
    "step.label.constructor",
    "step.delta.toFixed",
    'step.inner["__proto__"].a',
  ]) {
    const result = (await converging(`${path} != 1`)()) as { cycles: Record<string, { reason: string }> };
    expect([path, result.cycles["loop"]!.reason]).toEqual([path, "max_iterations"]);
  }
});

test("C4: the error shows the expression and the known names, for a misspelt one", async () => {
  const { message } = (await errorOf(converging("step.dleta < 1"))) as Error;
  expect(message).toContain("step.dleta < 1");
  expect(message).toContain("step.delta");
  expect(message).toContain("iteration");
});

test("C4: the error of an expression that gives no boolean shows it, and the iteration", async () => {
  const { message } = (await errorOf(converging("twin.delta + 1"))) as Error;
  expect(message).toContain("twin.delta + 1");
  expect(message).toContain("iteration 1");
});
