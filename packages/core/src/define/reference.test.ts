import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "./node.ts";
import { firstOf, firstTargetsOf, inTargetOf, type OutRef, outTargetOf } from "./reference.ts";
import { Workflow } from "./workflow.ts";

const node = defineNode({
  name: "n",
  input: z.object({ x: z.any() }),
  output: z.object({ value: z.any(), list: z.array(z.any()) }),
  run: () => null as never,
});
const flow = new Workflow("w", { input: z.object({ url: z.string() }) });
const handle = flow.addNode("n", node, { x: 1 });

/** A reference as plain JavaScript sees it. */
const at = (ref: unknown, ...names: string[]): unknown =>
  names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], ref);
const pathOf = (ref: unknown): unknown => outTargetOf(ref)?.path;

describe("a reference", () => {
  test("tells its node, port and path, and stands for no value", () => {
    expect(outTargetOf(handle.out.value)).toEqual({ workflow: flow, node: "n", path: ["value"] });
    expect(outTargetOf(flow.input.url)).toEqual({ workflow: flow, node: null, path: ["url"] });
    expect(pathOf(at(handle.out.value, "a", "b"))).toEqual(["value", "a", "b"]);
  });

  test("reaches into lists by at(), from both ends, and by length", () => {
    expect(pathOf(handle.out.list.at(0))).toEqual(["list", 0]);
    expect(pathOf(at(handle.out.list.at(-1), "id"))).toEqual(["list", -1, "id"]);
    expect(pathOf(handle.out.list.length)).toEqual(["list", "length"]);
    expect(pathOf((handle.out.list.at(2) as unknown as unknown[]).at(3))).toEqual(["list", 2, 3]);
  });

  test.each(["at", "then", "constructor", "prototype", "__proto__", "length", "name", "apply", "call"])(
    "reaches a field named %s, and what is below it",
    (field) => {
      expect(pathOf(at(handle.out.value, field))).toEqual(["value", field]);
      expect(pathOf(at(handle.out.value, field, "deeper"))).toEqual(["value", field, "deeper"]);
      expect(pathOf(at(handle.out, field))).toEqual([field]);
    },
  );

  test.each(["toJSON", "toString", "valueOf"])("is refused as a value where a field named %s is wired", (field) => {
    expect(() => flow.addNode(field, node, { x: at(handle.out.value, field) })).toThrow(
      expect.objectContaining({ code: "reference_misused" }),
    );
  });

  test("can be awaited without harm, and is not taken for a promise", async () => {
    const awaited: unknown = await (handle.out.value as unknown as Promise<unknown>);
    expect(pathOf(awaited)).toEqual(["value"]);
    expect(pathOf(await Promise.resolve(at(handle.out.value, "then")))).toEqual(["value", "then"]);
  });

  test("shows itself to inspect, for people who debug", () => {
    expect(inspect(handle.out.value)).toContain("n.value");
  });

  test("throws with its own name and what to do, where it is used as a value", () => {
    expect(() => `${at(handle.out.value, "deep") as string}`).toThrow('"n.value.deep" is a reference, not a value');
    expect(() => JSON.stringify(flow.input.url)).toThrow("Wire it into a node's input, and compute there");
  });

  test("survives destructuring", () => {
    const { value, list } = handle.out;
    expect([pathOf(value), pathOf(list)]).toEqual([["value"], ["list"]]);
  });
});

test("an input port tells its node and port, and is no output", () => {
  expect(inTargetOf(handle.in.x)).toEqual({ workflow: flow, node: "n", port: "x" });
  expect(outTargetOf(handle.in.x)).toBeUndefined();
  expect(inTargetOf(handle.out.value)).toBeUndefined();
});

test("G3: firstOf keeps the order of its arguments, and is a reference of no place", () => {
  const joined: OutRef<unknown> = firstOf<unknown>(handle.out.value, handle.out.list, flow.input.url);
  expect(firstTargetsOf(joined)?.map(({ path }) => path)).toEqual([["value"], ["list"], ["url"]]);
  expect(outTargetOf(joined)).toBeUndefined();
});

test.each([undefined, null, 5, "x", {}, [], () => 1, Symbol("s"), new Map()])("%s is no reference", (value) => {
  expect([outTargetOf(value), inTargetOf(value), firstTargetsOf(value)]).toEqual([undefined, undefined, undefined]);
});
