// #region matchers
import "@polyloom/runtime-testing/vitest";
import { defineNode, ifElse, Workflow } from "@polyloom/core";
import { TestingRuntime } from "@polyloom/runtime-testing";
import { expect, test } from "vitest";
import { z } from "zod";

const send = defineNode({
  name: "send",
  input: z.object({ euros: z.number() }),
  output: z.object({ id: z.string() }),
  run: () => Promise.reject(new Error("no network in tests")),
});

const flow = new Workflow("payments", { input: z.object({ euros: z.number() }) });
const isLarge = flow.addNode(
  "isLarge",
  ifElse(z.number(), (euros) => euros >= 1000),
  { value: flow.input.euros },
);
const review = flow.addNode("review", send, { euros: isLarge.out.then });
const pay = flow.addNode("pay", send, { euros: isLarge.out.else });

test("a large amount is reviewed, and not paid", async () => {
  const runtime = new TestingRuntime().setNodeResponse(review, { id: "r1" });
  const result = await runtime.execute(flow, { input: { euros: 5000 } });
  expect(runtime).toHaveExecutedInOrder([isLarge, review]);
  expect(result).toHaveSkipped(pay);
});

test("a payment that fails is told", async () => {
  const runtime = new TestingRuntime().setNodeError(pay, new Error("declined"));
  const error = await runtime.execute(flow, { input: { euros: 5 } }).catch((reason: unknown) => reason);
  expect(error).toHaveFailedAt(pay, "node_failed");
});
// #endregion matchers
