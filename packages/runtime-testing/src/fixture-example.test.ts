// oxlint-disable vitest/no-standalone-expect -- the rule does not know a `test` that a fixture extends
import { defineNode, Workflow } from "@polyloom/core";
import { TestingRuntime } from "@polyloom/runtime-testing";
import "@polyloom/runtime-testing/vitest";
import { expect, test as base } from "vitest";
import { z } from "zod";

const fetchPrices = defineNode({
  name: "fetchPrices",
  input: z.object({ url: z.string() }),
  output: z.object({ prices: z.array(z.number()) }),
  retry: { attempts: 3, delayMs: 1000 },
  run: () => {
    throw new Error("no network in unit tests");
  },
});
const average = defineNode({
  name: "average",
  input: z.object({ prices: z.array(z.number()) }),
  output: z.object({ mean: z.number() }),
  run: ({ prices }) => ({ mean: prices.reduce((sum, price) => sum + price, 0) / prices.length }),
});

function pricing() {
  const flow = new Workflow("pricing");
  const source = flow.addNode("source", fetchPrices, { url: "http://localhost/prices" });
  const mean = flow.addNode("mean", average, { prices: source.out.prices });
  return { flow, source, mean };
}

// #region fixture
const test = base.extend("runtime", () => new TestingRuntime());

test("the mean is taken of what was fetched", async ({ runtime }) => {
  const { flow, source, mean } = pricing();
  runtime.setNodeResponse(source, { prices: [1, 2, 6] });
  const result = await runtime.execute(flow);
  expect(result.get(mean)).toEqual({ mean: 3 });
  expect(runtime).toHaveExecutedInOrder([source, mean]);
});

test("a fetch that fails twice is tried again, in no time", async ({ runtime }) => {
  const { flow, source } = pricing();
  runtime.setNodeError(source, new Error("connection reset"), { times: 2 }).setNodeResponse(source, { prices: [4] });
  await runtime.execute(flow);
  expect(runtime.getNodeCallCount(source)).toBe(3);
  expect(runtime.getMakespan()).toBe(3000);
});
// #endregion fixture

test("a fetch that fails for good fails the run there", async ({ runtime }) => {
  const { flow, source, mean } = pricing();
  runtime.setNodeError(source, new RangeError("simulated"));
  await expect(runtime.execute(flow)).rejects.toHaveFailedAt(source, "node_failed");
  expect(runtime).not.toHaveExecuted(mean);
});
