import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { composeAround } from "./around.ts";
import type { Attempt, Observer } from "./observer.ts";
import { silent } from "./silent-logger.fixture.ts";

const ATTEMPT: Attempt = { runId: "r", nodeId: "a", iteration: 0, attempt: 1, index: undefined };
const SILENT: Observer = { onEvent: () => undefined };

describe("composeAround", () => {
  test("gives nothing where no observer wants it", () => {
    expect(composeAround([SILENT], unexpected)).toBeUndefined();
  });

  test("nests observers, the first outermost, and gives what the call gives", () => {
    const steps: string[] = [];
    const layer = (name: string): Observer => ({
      ...SILENT,
      around: (_attempt, invoke) => {
        steps.push(`${name} in`);
        const value = invoke();
        steps.push(`${name} out`);
        return value;
      },
    });
    const around = composeAround([layer("a"), SILENT, layer("b")], unexpected)!;
    expect(around(ATTEMPT, () => (steps.push("call"), 7))).toBe(7);
    expect(steps).toEqual(["a in", "b in", "call", "b out", "a out"]);
  });

  test.each<[string, NonNullable<Observer["around"]>, number]>([
    [
      "throws before it calls",
      () => {
        throw new Error("hook");
      },
      1,
    ],
    [
      "throws after it called",
      (_attempt, invoke) => {
        invoke();
        throw new Error("hook");
      },
      1,
    ],
    ["does not call", () => undefined as never, 0],
    ["calls twice", (_attempt, invoke) => (invoke(), invoke()), 0],
    ["gives something else", (_attempt, invoke) => (invoke(), "other" as never), 0],
  ])("an observer that %s changes nothing: one call, its value (E7)", (_what, around, told) => {
    const errors: unknown[] = [];
    let calls = 0;
    const value = composeAround([{ ...SILENT, around }], (error) => errors.push(error))!(
      ATTEMPT,
      () => ++calls && "value",
    );
    expect([value, calls, errors.length]).toEqual(["value", 1, told]);
  });

  test("what the call itself throws comes through, after one call, and is no fault of the observer", () => {
    const errors: unknown[] = [];
    let calls = 0;
    const around = composeAround([{ ...SILENT, around: (_attempt, invoke) => invoke() }], (error) =>
      errors.push(error),
    )!;
    const call = (): never => {
      calls++;
      throw new Error("call");
    };
    expect(() => around(ATTEMPT, call)).toThrow("call");
    expect([calls, errors]).toEqual([1, []]);
  });
});

test("an observer's async context reaches the node's code, attempt by attempt and item by item", async () => {
  const storage = new AsyncLocalStorage<Attempt>();
  const seen: unknown[] = [];
  const port = z.object({ x: z.number() });
  const run = async ({ x }: { x: number }): Promise<{ x: number }> => {
    await Promise.resolve();
    const { nodeId, iteration, attempt, index } = storage.getStore()!;
    seen.push([nodeId, iteration, attempt, index]);
    if (x === 2 && attempt === 1) throw new Error("once");
    return { x };
  };
  const flow = new Workflow("around");
  const node = defineNode({ name: "node", input: port, output: port, retry: { attempts: 2, delayMs: 0 }, run });
  const single = flow.addNode("single", node, { x: 2 });
  flow.createCycle("loop").connect(single.out.x, single.in.x).maxIterations(1).build();
  flow.addMap("items", node, { each: { x: [1, 2] } });
  const observer: Observer = { ...SILENT, around: (attempt, invoke) => storage.run(attempt, invoke) };
  await new InlineRuntime({ observers: [observer], logger: silent() }).execute(flow);
  expect(seen).toHaveLength(5);
  expect(seen).toEqual(
    expect.arrayContaining([
      ["single", 1, 1, undefined],
      ["single", 1, 2, undefined],
      ["items", 0, 1, 0],
      ["items", 0, 1, 1],
      ["items", 0, 2, 1],
    ]),
  );
});

function unexpected(error: unknown): never {
  throw error;
}
