import { expect, test } from "vitest";
import { HANDLERS, ok, RawClient, testActor } from "../actor.fixture.ts";

test.each<[string, unknown, unknown]>([
  ["process", { text: "hi" }, { text: "hi" }],
  ["process", "a text", "a text"],
  ["process", 7, 7],
  ["process", null, null],
  ["process", [], []],
  [
    "process",
    { unicode: "日本 🧶 \u0000 \"'\\", deep: [[[[{}]]]] },
    { unicode: "日本 🧶 \u0000 \"'\\", deep: [[[[{}]]]] },
  ],
  ["nothing", {}, null],
  ["later", { a: 1 }, { a: 1 }],
])("%s answers %j with its result", async (name, payload, result) => {
  const client = await RawClient.connect(await testActor(name));
  // A JSON text is a payload as well, so it is sent as JSON, not as it is.
  expect(await client.call(JSON.stringify(payload))).toEqual(ok(result));
});

test("a list fans out, in its order", async () => {
  const client = await RawClient.connect(await testActor("fanOut"));
  const result = ["a", "b", "c"].map((letter, index) => ({ index, letter }));
  expect(await client.call({ text: "abc" })).toEqual(ok(result));
});

test.each<[string, unknown, unknown]>([
  ["validate", {}, { error: "validation_error", message: "Missing required field: text" }],
  ["validateByName", {}, { error: "validation_error", message: "by its name" }],
  ["fail", 1, { error: "processing_error", message: "no weights for 1", type: "ModelError" }],
  ["failLater", {}, { error: "processing_error", message: "too late", type: "RangeError" }],
  ["throwText", {}, { error: "processing_error", message: "just a text", type: "string" }],
  ["throwUndefined", {}, { error: "processing_error", message: "undefined", type: "undefined" }],
  ["throwHostile", {}, { error: "processing_error", message: expect.any(String), type: expect.any(String) }],
  ["cyclic", {}, { error: "server_error", message: expect.stringContaining("circular") }],
  ["bigint", {}, { error: "server_error", message: expect.stringContaining("BigInt") }],
  ["aFunction", {}, { error: "server_error", message: expect.stringContaining("function") }],
  ["allocate", {}, { error: "out_of_memory", message: expect.stringContaining("allocation failed") }],
])("%s answers %j with its error, with a type only where processing failed", async (name, payload, reply) => {
  const client = await RawClient.connect(await testActor(name));
  expect(await client.call(payload)).toEqual(reply);
  expect(await client.call(payload)).toEqual(reply); // the connection goes on
});

test("zod's own errors are validation errors, with their paths", async () => {
  const handler = HANDLERS.replace("handlers.", "zod-handler.");
  const client = await RawClient.connect(await testActor("process", { handler }));
  const error = (message: RegExp): unknown => ({ error: "validation_error", message: expect.stringMatching(message) });
  expect(await client.call({ rows: [{ n: "1" }] })).toEqual(error(/^rows\[0\]\.n: .*expected number/i));
  expect(await client.call(3)).toEqual(error(/^[^:]*: expected object/i));
});

test("a class is made once, and keeps its state from call to call", async () => {
  const client = await RawClient.connect(await testActor("Counter"));
  expect(await client.call({})).toEqual(ok({ count: 11, made: 1 }));
  expect(await client.call({})).toEqual(ok({ count: 12, made: 1 }));
  const reset = await RawClient.connect(await testActor("Counter.reset"));
  expect(await reset.call({})).toEqual(ok("reset"));
});

test("payloads of a byte to ten megabytes come back as they went", { timeout: 30_000 }, async () => {
  const client = await RawClient.connect(await testActor());
  for (const size of [1, 1000, 65_530, 65_536, 70_000, 1_000_000, 10_485_758]) {
    const text = "x".repeat(size);
    expect(((await client.call(JSON.stringify(text).slice(0, size + 2))) as { result: string }).result).toBe(text);
  }
});
