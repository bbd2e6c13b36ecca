import { Workflow } from "@polyloom/core";
import { describe, expect, test } from "vitest";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";
import { addToColumn, makeColumn, total } from "./transfer.fixture.ts";

describe.each([true, false])("transfer, fuse: %s", (fuse) => {
  test("a column goes from hand to hand, and everybody computes with it", async () => {
    await using runtime = new ParallelRuntime({ maxWorkers: 2, fuse, env: QUICK_START });
    const flow = new Workflow("columns");
    const made = flow.addNode("made", makeColumn, { length: 1000 });
    const first = flow.addNode("first", addToColumn, { column: made.out.column });
    const second = flow.addNode("second", addToColumn, { column: first.out.column });
    const sum = flow.addNode("sum", total, { column: second.out.column });
    const result = await runtime.execute(flow);
    expect(result.get(sum).total).toBe(499_500 + 2000);
  });

  test("two readers of one column both get it", async () => {
    await using runtime = new ParallelRuntime({ maxWorkers: 2, fuse, env: QUICK_START });
    const flow = new Workflow("two readers");
    const made = flow.addNode("made", makeColumn, { length: 1000 });
    const one = flow.addNode("one", total, { column: made.out.column });
    const changed = flow.addNode("changed", addToColumn, { column: made.out.column });
    const two = flow.addNode("two", total, { column: changed.out.column });
    const result = await runtime.execute(flow);
    expect([result.get(one).total, result.get(two).total]).toEqual([499_500, 500_500]);
  });

  test("a column that nobody takes further is in the result", async () => {
    await using runtime = new ParallelRuntime({ maxWorkers: 1, fuse, env: QUICK_START });
    const flow = new Workflow("leaf");
    const made = flow.addNode("made", makeColumn, { length: 3 });
    expect([...(await runtime.execute(flow)).get(made).column]).toEqual([0, 1, 2]);
  });
});

test("what was moved out of a worker is not there any more", async () => {
  await using runtime = new ParallelRuntime({ maxWorkers: 1, fuse: false, env: QUICK_START });
  const flow = new Workflow("moved");
  const made = flow.addNode("made", makeColumn, { length: 1000 });
  const first = flow.addNode("first", addToColumn, { column: made.out.column });
  const second = flow.addNode("second", addToColumn, { column: first.out.column });
  flow.addNode("sum", total, { column: second.out.column });
  expect((await runtime.execute(flow)).get(second).whole).toBe(0);
});
