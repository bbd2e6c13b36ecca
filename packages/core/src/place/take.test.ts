import { serializeError } from "@polyloom/wire";
import { expect, test } from "vitest";
import type { Task } from "../execute/task.ts";
import { orderFor } from "./order.ts";
import { takeEnd, takeReport } from "./take.ts";

/** A task whose context notes what it is told. */
function taskWith(over: Partial<Task> & { readonly state?: Record<string, unknown> } = {}): {
  readonly task: Task;
  readonly told: unknown[];
} {
  const told: unknown[] = [];
  const logger = { warn: (...args: unknown[]) => told.push(args) };
  const { state = {}, ...rest } = over;
  const context = { state, logger, progress: (...args: unknown[]) => told.push(args) };
  const about = { runId: "r", workflow: "w", nodeId: "n", attempt: 1, iteration: 0, index: undefined };
  return { told, task: { ...about, node: {}, input: {}, context, ...rest } as unknown as Task };
}

test("an order is data: what the task says of itself, its input, and no state outside cycles", () => {
  const { task } = taskWith({ input: { rows: [1] }, state: { kept: 1 } });
  expect(orderFor(task, 7)).toEqual({
    node: 7,
    input: { rows: [1] },
    about: { runId: "r", workflow: "w", nodeId: "n", attempt: 1, iteration: 0, index: undefined },
  });
  expect(orderFor(taskWith({ iteration: 2, state: { kept: 1 } }).task, 7).state).toEqual({ kept: 1 });
});

test("D1 · an order refuses what is no data, with its path", () => {
  const rows = [{ call: () => 1 }];
  const expected = (path: string): unknown =>
    expect.objectContaining({ code: "not_transferable", details: expect.objectContaining({ path }) as unknown });
  expect(() => orderFor(taskWith({ input: { rows } }).task, 1)).toThrow(expected("n.rows[0].call") as Error);
  const { task } = taskWith({ iteration: 1, state: { rows } });
  expect(() => orderFor(task, 1)).toThrow(expected("n: state.rows[0].call") as Error);
});

test("reports go to the context of the task", () => {
  const { task, told } = taskWith();
  takeReport({ kind: "progress", done: 1, total: 2 }, task);
  takeReport({ kind: "log", line: '{"level":"warn","rows":3,"msg":"few"}' }, task);
  expect(told).toEqual([
    [1, 2, undefined],
    [{ rows: 3 }, "few"],
  ]);
});

test("C8 · the state that a node left replaces the one that it had", () => {
  const state = { gone: 1, kept: 1 };
  const { task } = taskWith({ state });
  expect(takeEnd({ kind: "completed", output: { x: 1 }, state: { kept: 2 } }, task)).toEqual({
    status: "completed",
    output: { x: 1 },
  });
  expect(state).toEqual({ kept: 2 });
});

test("V4 · no key of a state reaches a prototype", () => {
  const { task } = taskWith();
  const state = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
  takeEnd({ kind: "completed", output: {}, state }, task);
  expect(Object.keys(task.context.state)).toEqual(["__proto__"]);
  expect((task.context.state as { polluted?: unknown }).polluted).toBeUndefined();
});

test("what a node threw fails it, what its place refused counts with its code", () => {
  const { task } = taskWith();
  expect(takeEnd({ kind: "threw", error: serializeError(new RangeError("bad")) }, task)).toMatchObject({
    status: "failed",
    error: { name: "RangeError" },
  });
  const error = serializeError(Object.assign(new Error("no"), { code: "not_transferable", details: { path: "a" } }));
  expect(takeEnd({ kind: "refused", error }, task)).toMatchObject({ code: "not_transferable", details: { path: "a" } });
});
