import { defineNode, type NodeDefinition, Workflow } from "@polyloom/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AsyncRuntime } from "./async-runtime.ts";
import { Overlap } from "./overlap.fixture.ts";
import { Rendezvous } from "./rendezvous.fixture.ts";
import { many, work } from "./work.fixture.ts";

test("the example of the README: pages from one host come two at a time", async () => {
  // #region limits
  const runtime = new AsyncRuntime({ maxConcurrency: 100, groupLimits: { api: 2 } });
  const flow = new Workflow("pages");
  const page = flow.addMap("page", fetchPage, { each: { number: [1, 2, 3, 4] } });
  const result = await runtime.execute(flow);
  // #endregion limits
  expect(result.get(page).text).toEqual(["page 1", "page 2", "page 3", "page 4"]);
  expect(fetching.most).toBe(2);
});

describe("S5: limits", () => {
  test.each([1, 2, 7])("%i at once, never more and never fewer while work is ready", async (limit) => {
    const overlap = new Overlap();
    const rendezvous = new Rendezvous(limit);
    const runtime = new AsyncRuntime({ maxConcurrency: limit, observers: [overlap] });
    const result = await runtime.execute(
      many(
        limit * 6,
        work(() => rendezvous.meet()),
      ),
    );
    expect(overlap.most()).toBe(limit);
    expect(Object.keys(result.results)).toHaveLength(limit * 6);
  });

  test("without a limit all that is ready runs at once", async () => {
    const rendezvous = new Rendezvous(50);
    const overlap = new Overlap();
    await new AsyncRuntime({ observers: [overlap] }).execute(
      many(
        50,
        work(() => rendezvous.meet()),
      ),
    );
    expect(overlap.most()).toBe(50);
  });

  test("a group keeps to its own limit, and uses it", async () => {
    const rendezvous = new Rendezvous(2);
    const flow = many(
      8,
      work(() => rendezvous.meet(), "disk"),
      "disk",
    );
    for (let i = 0; i < 8; i++)
      flow.addNode(
        `free${i}`,
        work(() => Promise.resolve()),
        {},
      );
    const overlap = new Overlap();
    await new AsyncRuntime({ groupLimits: { disk: 2 }, observers: [overlap] }).execute(flow);
    expect(overlap.most("disk")).toBe(2);
    expect(overlap.most("free")).toBe(8);
  });

  test("a node that waits for its group holds no slot", async () => {
    const freed = Promise.withResolvers<void>();
    const flow = many(
      5,
      work(() => freed.promise, "disk"),
      "disk",
    );
    flow.addNode(
      "free",
      work(() => freed.resolve()),
      {},
    );
    const overlap = new Overlap();
    await new AsyncRuntime({ maxConcurrency: 2, groupLimits: { disk: 1 }, observers: [overlap] }).execute(flow);
    expect(overlap.ids("node.started").slice(0, 2)).toEqual(["disk0", "free"]);
    expect(overlap.most("disk")).toBe(1);
  });

  test("the items of a map count as tasks, and concurrency of the map limits them further", async () => {
    const seen = { running: 0, most: 0 };
    const flow = new Workflow("map");
    flow.addMap("each", item(seen, new Rendezvous(3)), { each: { x: [1, 2, 3, 4, 5, 6, 7, 8, 9] } });
    const result = await new AsyncRuntime({ maxConcurrency: 3 }).execute(flow);
    expect(seen.most).toBe(3);
    expect(result.results["each"]).toEqual({ y: [2, 4, 6, 8, 10, 12, 14, 16, 18] });

    const fewer = { running: 0, most: 0 };
    const slow = new Workflow("map");
    slow.addMap("each", item(fewer, new Rendezvous(2)), { each: { x: [1, 2, 3, 4] }, concurrency: 2 });
    await new AsyncRuntime().execute(slow);
    expect(fewer.most).toBe(2);
  });

  test("a node that waits between two attempts holds no slot", async () => {
    const timers: (() => void)[] = [];
    const waiting = {
      now: () => 0,
      set: (call: () => void) => timers.push(call),
      clear: () => undefined,
      turn: (call: () => void) => void setImmediate(call),
    };
    const flow = new Workflow("retry");
    flow.addNode("flaky", flaky, {});
    flow.addNode(
      "other",
      work(() => timers.forEach((call) => call())),
      {},
    );
    const overlap = new Overlap();
    const runtime = new AsyncRuntime({ maxConcurrency: 1, observers: [overlap], clock: waiting });
    const result = await runtime.execute(flow);
    expect(result.nodes["flaky"]).toMatchObject({ status: "completed", attempts: 2 });
    expect(overlap.ids("node.completed")).toEqual(["other", "flaky"]);
  });

  test("1,000 asynchronous nodes, 100 at once", async () => {
    const rendezvous = new Rendezvous(100);
    const overlap = new Overlap();
    const runtime = new AsyncRuntime({ maxConcurrency: 100, observers: [overlap] });
    const result = await runtime.execute(
      many(
        1000,
        work(() => rendezvous.meet()),
      ),
    );
    expect(overlap.most()).toBe(100);
    expect(Object.values(result.nodes).every(({ status }) => status === "completed")).toBe(true);
  });
});

const flaky = defineNode({
  name: "flaky",
  retry: { attempts: 2, delayMs: 1000 },
  input: z.object({}),
  output: z.object({ attempt: z.number() }),
  run: (_input, { attempt }) => {
    if (attempt === 1) throw new Error("not yet");
    return { attempt };
  },
});

function item(
  seen: { running: number; most: number },
  rendezvous: Rendezvous,
): NodeDefinition<{ x: number }, { y: number }> {
  return defineNode({
    name: "item",
    input: z.object({ x: z.number() }),
    output: z.object({ y: z.number() }),
    run: async ({ x }) => {
      seen.most = Math.max(seen.most, ++seen.running);
      await rendezvous.meet();
      seen.running--;
      return { y: x * 2 };
    },
  });
}

const fetching = { running: 0, most: 0 };
const pairs = new Rendezvous(2);

// #region node
const fetchPage = defineNode({
  name: "fetchPage",
  group: "api",
  input: z.object({ number: z.number() }),
  output: z.object({ text: z.string() }),
  run: async ({ number }) => ({ text: await load(number) }),
});
// #endregion node

async function load(page: number): Promise<string> {
  fetching.most = Math.max(fetching.most, ++fetching.running);
  await pairs.meet();
  fetching.running--;
  return `page ${page}`;
}
