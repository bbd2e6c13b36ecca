import { expect, test } from "vitest";
import type { Outcome, Task } from "../execute/task.ts";
import { isolated } from "./isolated.ts";

function run(
  input: Record<string, unknown>,
  perform: (input: Record<string, unknown>) => unknown,
  more: Partial<Task> = {},
): Outcome {
  const task = { nodeId: "node", node: {}, input, ...more } as unknown as Task;
  const wrapped = isolated((each) => ({ status: "completed", output: perform(each.input as Record<string, unknown>) }));
  return wrapped(task) as Outcome;
}

test("D3: what a node changes in its input nobody else sees", () => {
  const list = [1, 2];
  run({ list }, (input) => ({ got: (input["list"] as number[]).push(3) }));
  expect(list).toEqual([1, 2]);
});

test("D3: what a node changes later in its output nobody sees", () => {
  const kept = { list: [1] };
  const outcome = run({}, () => kept);
  kept.list.push(2);
  expect(outcome).toEqual({ status: "completed", output: { list: [1] } });
});

test("inputs that moved are the node's own: they are not copied", () => {
  const column = new Float64Array(3);
  let got: unknown;
  run({ column, other: {} }, (input) => ((got = input["column"]), {}), { moved: ["column"] });
  expect(got).toBe(column);
});

test("D1: what cannot cross is refused with its path, on the way in and out", () => {
  const refused = (path: string): unknown => ({
    status: "failed",
    code: "not_transferable",
    error: expect.objectContaining({ message: expect.stringContaining(path) as string }) as Error,
  });
  expect(run({ rows: [{ fn: () => 1 }] }, () => ({}))).toMatchObject(refused("node.rows[0].fn") as object);
  expect(run({}, () => ({ out: Symbol("s") }))).toMatchObject(refused("node.out") as object);
});

test("a buffer that is gone cannot cross", () => {
  const gone = new ArrayBuffer(8);
  structuredClone(gone, { transfer: [gone] });
  expect(run({}, () => ({ gone: { gone } }))).toMatchObject({ status: "failed", code: "not_transferable" });
});
