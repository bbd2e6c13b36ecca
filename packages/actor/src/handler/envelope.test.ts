import { describe, expect, test } from "vitest";
import { answerWith, type Handler } from "./answer.ts";
import * as handlers from "../handlers.fixture.ts";
import type { HandlerMode } from "./dialect.ts";

const route = { actors: ["a", "b", "c"], current: 1 };
const sent = { id: "7", parent_id: "3", payload: { n: 1 }, route, headers: { trace: "t" } };

async function answer(mode: HandlerMode, handler: unknown, message: unknown, validateEnvelopes = true) {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return JSON.parse(await answerWith(handler as Handler, { mode, validateEnvelopes })(text)) as unknown;
}

const refused = (error: string, message: RegExp): unknown => [
  { error, details: expect.objectContaining({ message: expect.stringMatching(message), type: expect.any(String) }) },
];

describe("a handler of payloads", () => {
  const payloads = (handler: unknown, message: unknown = sent) => answer("payload", handler, message);

  test("gets the payload; its result goes one actor further, with the headers and without the id", async () => {
    const next = { payload: { n: 1 }, route: { ...route, current: 2 }, headers: { trace: "t" } };
    expect(await payloads(handlers.process)).toEqual([next]);
    expect(await payloads(handlers.later)).toEqual([next]);
  });

  test("fans out by a list, an envelope an item", async () => {
    const outputs = await payloads(handlers.fanOut, { ...sent, payload: { text: "ab" } });
    expect(outputs).toMatchObject([{ payload: { index: 0 } }, { payload: { index: 1 } }]);
  });

  test.each([
    ["nothing", []],
    ["null", []],
    ["the empty list", []],
    ["a text", [{ payload: "text" }]],
    ["a number", [{ payload: 0 }]],
    ["false", [{ payload: false }]],
  ])("%s", async (name, outputs) => {
    const results: Record<string, unknown> = {
      null: null,
      "the empty list": [],
      "a text": "text",
      "a number": 0,
      false: false,
    };
    expect(await payloads(() => results[name])).toMatchObject(outputs);
    expect(await payloads(() => results[name])).toHaveLength(outputs.length);
  });

  test("current is 0 unless given, and may be one past the last actor", async () => {
    const first = { payload: null, route: { actors: ["a"] } };
    expect(await payloads(handlers.process, first)).toEqual([]);
    expect(await payloads(() => 1, first)).toEqual([{ payload: 1, route: { actors: ["a"], current: 1 } }]);
  });

  test("an error has message, type and traceback", async () => {
    const [error] = (await payloads(handlers.fail)) as [{ details: { traceback: string } }];
    const details = { message: 'no weights for {"n":1}', type: "ModelError" };
    expect(error).toMatchObject({ error: "processing_error", details });
    expect(error.details.traceback).toContain("handlers.fixture.ts");
    expect(await payloads(handlers.validate)).toMatchObject([
      { error: "processing_error", details: { type: "ValidationError" } },
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    ["JSON", "{", /JSON/],
    ["an object", 3, /object/],
    ["an object", [], /object/],
    ["payload", { route }, /'payload'/],
    ["route", { payload: 1 }, /'route'/],
    ["a route that is an object", { payload: 1, route: ["a"] }, /'route' has to be an object/],
    ["actors", { payload: 1, route: {} }, /'route.actors'/],
    ["actors in a list", { payload: 1, route: { actors: "a" } }, /'route.actors'/],
    ["one actor", { payload: 1, route: { actors: [] } }, /'route.actors'/],
    ["a whole current", { payload: 1, route: { actors: ["a"], current: 0.5 } }, /whole number/],
    ["a current from 0", { payload: 1, route: { actors: ["a"], current: -1 } }, /from 0 to 1/],
    ["a current within", { payload: 1, route: { actors: ["a"], current: 2 } }, /from 0 to 1/],
    ["headers that are an object", { ...sent, headers: [] }, /'headers'/],
    ["an id that is a text", { ...sent, id: 7 }, /'id'/],
  ])("a message needs %s, else msg_parsing_error", async (_, message, problem) => {
    expect(await payloads(handlers.process, message)).toEqual(refused("msg_parsing_error", problem));
  });

  test.each([null, {}, []])("a payload of %j is a payload", async (payload) => {
    expect(await payloads((input: unknown) => [[input]], { payload, route })).toMatchObject([{ payload: [payload] }]);
  });
});

describe("a handler of envelopes", () => {
  const envelopes = (handler: unknown, message: unknown = sent) => answer("envelope", handler, message);

  test("gets all of the envelope, what it does not know included, and moves it on itself", async () => {
    expect(await envelopes(handlers.envelope)).toEqual([{ ...sent, route: { ...route, current: 2 } }]);
    expect(await envelopes(() => null)).toEqual([]);
  });

  test("may replace the actors ahead, and none behind", async () => {
    expect(await envelopes(handlers.rewriteFuture)).toMatchObject([{ route: { actors: ["a", "b", "detour", "end"] } }]);
    expect(await envelopes(handlers.rewritePast)).toEqual(
      refused("processing_error", /\[0\/1\].*begin with \["a","b"\]/),
    );
  });

  test("one envelope that is wrong fails the whole answer, by its number", async () => {
    expect(await envelopes(handlers.oneOfTwo)).toEqual(refused("processing_error", /envelope\[1\/2\].*'route'/));
    expect(await envelopes(() => 3)).toEqual(refused("processing_error", /envelope\[0\/1\].*object/));
    expect(await envelopes(() => ({ route }))).toEqual(refused("processing_error", /'payload'/));
  });

  test("without validation anything passes", async () => {
    expect(await answer("envelope", handlers.process, { any: 1 }, false)).toEqual([{ any: 1 }]);
    expect(await answer("envelope", handlers.rewritePast, sent, false)).toHaveLength(1);
    expect(await answer("payload", () => 1, { any: 1 }, false)).toEqual([{ payload: 1, route: { current: 1 } }]);
  });
});
