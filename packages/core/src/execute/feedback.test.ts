import { expect, test } from "vitest";
import type { FeedbackPlan } from "../plan/plan.ts";
import { Feedback } from "./feedback.ts";

/** A back edge into slot `slot` from port `x` of step `step`. */
const edge = (slot: number, step: number): FeedbackPlan => ({
  slot,
  source: { kind: "reference", step, path: ["x"] },
});

const INNER = 1;
const OUTER = 0;

test("C1: in the first iteration no slot has a value", () => {
  expect(new Feedback(2).read([0, 1])).toBeUndefined();
});

test("C1: after an iteration the input reads what the source gave", () => {
  const feedback = new Feedback(1);
  feedback.capture([edge(0, 0)], [{ x: 5 }]);
  expect(feedback.read([0])).toBe(5);
  feedback.capture([edge(0, 0)], [{ x: null }]);
  expect(feedback.read([0])).toBe(null);
});

test("S6: of nested cycles the innermost that has a value wins", () => {
  const feedback = new Feedback(2);
  feedback.capture([edge(OUTER, 0)], [{ x: "outer" }]);
  expect(feedback.read([INNER, OUTER])).toBe("outer");
  feedback.capture([edge(INNER, 0)], [{ x: "inner" }]);
  expect(feedback.read([INNER, OUTER])).toBe("inner");
});

test("C7: a cycle that starts afresh forgets its own slots, and no others", () => {
  const feedback = new Feedback(2);
  feedback.capture([edge(OUTER, 0), edge(INNER, 0)], [{ x: 1 }]);
  feedback.clear([edge(INNER, 0)]);
  expect([feedback.read([INNER]), feedback.read([OUTER])]).toEqual([undefined, 1]);
});

test("C12: where the source gave nothing in the first iteration, the input keeps what it began with", () => {
  const feedback = new Feedback(1);
  feedback.note([0], "literal");
  feedback.capture([edge(0, 0)], [{}]);
  expect(feedback.read([0])).toBe("literal");
});

test("C12: where the source gave nothing later, the input keeps the last value fed back", () => {
  const feedback = new Feedback(1);
  feedback.note([0], "literal");
  feedback.capture([edge(0, 0)], [{ x: "first" }]);
  feedback.note([0], "first");
  feedback.capture([edge(0, 0)], [undefined]);
  expect(feedback.read([0])).toBe("first");
});

test("C12: what an input had before its cycle started afresh is forgotten", () => {
  const feedback = new Feedback(1);
  feedback.note([0], "before");
  feedback.clear([edge(0, 0)]);
  feedback.capture([edge(0, 0)], [undefined]);
  expect(feedback.read([0])).toBeUndefined();
});

test("C12: an input that had nothing and got nothing stays without a value", () => {
  const feedback = new Feedback(1);
  feedback.note([0], undefined);
  feedback.capture([edge(0, 0)], [undefined]);
  expect(feedback.read([0])).toBeUndefined();
});
