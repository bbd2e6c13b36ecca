import fc from "fast-check";
import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { compileExpression, type ExpressionScope, type ExpressionValues, rootsOf } from "./expression.ts";
import { formatPlace } from "./place.ts";
import type { Reference } from "./source.ts";

const NUMBERS = { x: 3, y: -2.5, zero: 0, half: 0.5, nan: Number.NaN, large: 1e308 };
const SCOPE = {
  ports: new Map([
    ["a", Object.keys(NUMBERS)],
    ["b", ["text", "list", "flag", "x2"]],
    ["c", ["text"]],
  ]),
};
const B = { text: "ten", list: [1, { deep: 5 }], flag: true, x2: 7 };

const nameOf = ({ node, path }: Reference): string => formatPlace(node!, path);

/** What an expression gives for these values; absent ones are dead. */
function evaluate(text: string, values: Record<string, unknown> = {}, previous: Record<string, unknown> = {}): unknown {
  const known: Record<string, unknown> = { ...values };
  for (const [key, value] of Object.entries(NUMBERS)) known[`a.${key}`] ??= value;
  for (const [key, value] of Object.entries(B)) known[`b.${key}`] ??= value;
  const seen: ExpressionValues = {
    iteration: 4,
    elapsedMs: 12.5,
    read: (reference) => known[nameOf(reference)],
    readPrevious: (reference) => previous[nameOf(reference)],
  };
  return compileExpression(text, SCOPE).evaluate(seen);
}

/** The same by JavaScript itself. */
function evaluateInJavaScript(text: string): unknown {
  const names = {
    ...NUMBERS,
    a: NUMBERS,
    b: B,
    iteration: 4,
    elapsedMs: 12.5,
    abs: Math.abs,
    min: Math.min,
    max: Math.max,
  };
  const call = runInThisContext(`(${Object.keys(names).join(", ")}) => (${text})`) as (...values: unknown[]) => unknown;
  return call(...Object.values(names));
}

const atom = fc.oneof(
  fc.constantFrom(
    ...Object.keys(NUMBERS),
    "a.x",
    "b.x2",
    "b.flag",
    "iteration",
    "elapsedMs",
    "0",
    "1",
    "2",
    "7",
    "0.1",
    ".5",
    "1e3",
    "true",
    "false",
    "'a'",
    '"10"',
    "null",
  ),
  fc.nat(1000).map(String),
);
const operator = fc.constantFrom("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "===", "!==", "&&", "||");
const { term } = fc.letrec<{ term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small" },
    atom,
    fc.tuple(tie("term"), operator, tie("term")).map(([left, op, right]) => `${left} ${op} ${right}`),
    fc.tuple(tie("term"), operator, tie("term")).map(([left, op, right]) => `(${left} ${op} ${right})`),
    fc.tuple(tie("term"), tie("term")).map(([base, power]) => `(${base}) ** (${power})`),
    fc.tuple(fc.constantFrom("-", "+", "!"), tie("term")).map(([op, operand]) => `${op}(${operand})`),
    fc
      .tuple(fc.constantFrom("abs", "min", "max"), fc.array(tie("term"), { minLength: 1, maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(", ")})`),
    fc.tuple(tie("term"), tie("term"), tie("term")).map(([test, yes, no]) => `((${test}) ? ${yes} : ${no})`),
  ),
}));

test("C4: any expression gives what JavaScript gives for the same text", () => {
  fc.assert(
    fc.property(term, (text) => {
      expect([text, evaluate(text)]).toEqual([text, evaluateInJavaScript(text)]);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["a.x + 1 > 2", true],
  ["iteration % 2 == 0", true],
  ["1 + 2 * 3 ** 2", 19],
  ["2 ** 3 ** 2", 512],
  ["10 - 4 - 3", 3],
  ["1 < 2 == true", true],
  ["-zero", -0],
  ["1 / 0", Infinity],
  ["nan == nan", false],
  ["0.1 + 0.2 == 0.3", false],
  ["large * 10 > large", true],
  ["iteration >= 4 && elapsedMs < 13", true],
  ["b.list[0] + b.list[1].deep", 6],
  ['b["list"][1]["deep"]', 5],
  ["b.text == 'ten'", true],
  ["'a' + b.text", "aten"],
  ["x2 == 7", true],
])("C4: %s is %j", (text, value) => {
  const paths = { "b.list[0]": 1, "b.list[1].deep": 5 };
  expect(evaluate(text, paths)).toBe(value);
});

describe("C4: values of the iteration before", () => {
  test.each([
    ["previous.a.x", 10],
    ["previous.x", 10],
    ["abs(a.x - previous.a.x) < 8", true],
    ["previous.b.list[0]", 20],
  ])("%s", (text, value) => {
    expect(evaluate(text, {}, { "a.x": 10, "b.list[0]": 20 })).toBe(value);
  });

  test("are told apart from those of this one", () => {
    const { reads, readsPrevious } = compileExpression("a.x + previous.a.y > 1", SCOPE);
    expect(reads.map(nameOf)).toEqual(["a.x"]);
    expect(readsPrevious.map(nameOf)).toEqual(["a.y"]);
  });
});

describe("C3: an expression that reads what is dead gives undefined", () => {
  test.each(["a.x < 1", "1 + a.x", "!a.x", "abs(a.x)", "a.x ? 1 : 2", "previous.a.x < 1", "b.list[7] == 1"])(
    "%s",
    (text) => {
      const compiled = compileExpression(text, SCOPE);
      expect(
        compiled.evaluate({ iteration: 1, elapsedMs: 0, read: () => undefined, readPrevious: () => undefined }),
      ).toBeUndefined();
    },
  );

  test("but only what it really reads: a branch not taken does not count", () => {
    expect(evaluate("true || previous.a.x > 1")).toBe(true);
    expect(evaluate("iteration == 1 ? previous.a.x > 1 : a.x == 3")).toBe(true);
  });
});

describe("C4: a node whose id is no name in an expression", () => {
  const scope = (...ids: string[]): ExpressionScope => ({ ports: new Map(ids.map((id) => [id, ["x"]])) });

  test.each([
    ['nodes["my-step"].x < 1', ["my-step.x"], []],
    ["nodes['my-step']['x'] < previous.nodes['my-step'].x", ["my-step.x"], ["my-step.x"]],
    ["nodes.plain.x < plain.x", ["plain.x", "plain.x"], []],
  ])("%s", (text, reads, readsPrevious) => {
    const compiled = compileExpression(text, scope("my-step", "plain"));
    expect(compiled.reads.map(nameOf)).toEqual(reads);
    expect(compiled.readsPrevious.map(nameOf)).toEqual(readsPrevious);
    expect(rootsOf(text)).toEqual(expect.arrayContaining(text.includes("my-step") ? ["my-step"] : ["plain"]));
  });

  test("a node called nodes is itself", () => {
    expect(compileExpression("nodes.x < 1", scope("nodes", "x")).reads.map(nameOf)).toEqual(["nodes.x"]);
  });

  test("is told as it has to be written", () => {
    expect(() => compileExpression("my-step.x < 1", scope("my-step"))).toThrow('known names: nodes["my-step"].x');
  });
});

describe("C4: an expression that is none is refused, with its text and what is known", () => {
  test.each([
    ["text == 1", '"text" is a port of b and c: write b.text'],
    ["a == 1", '"a" is a node: name one of its ports'],
    ["a.w == 1", 'node "a" has no port "w"'],
    ["sin(a.x)", "only abs, min, max can be called"],
    ["a[iteration]", "an index has to be a plain number or text"],
    ["~a.x", 'operator "~" is not known'],
    ["a.x << 1", 'operator "<<" is not known'],
    ["[1]", "is not part of an expression"],
    ["(a.x", "Unclosed ("],
  ])("%s", (text, problem) => {
    expect(() => compileExpression(text, SCOPE)).toThrow(problem);
    expect(() => compileExpression(text, SCOPE)).toThrow(`expression "${text}"`);
    expect(() => compileExpression(text, SCOPE)).toThrow("known names: a.x, a.y");
  });
});
