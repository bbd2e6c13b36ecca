// Wrong programs: each fails on the wire.
import { z } from "zod";
import { ifElse } from "./branch.ts";
import { defineNode } from "./node.ts";
import { firstOf } from "./reference.ts";
import { Workflow } from "./workflow.ts";

const source = defineNode({
  name: "source",
  input: z.object({}),
  output: z.object({
    number: z.number(),
    text: z.string(),
    date: z.date(),
    maybe: z.string().optional(),
    nullable: z.number().nullable(),
    list: z.array(z.string()),
    rows: z.array(z.object({ id: z.number() })),
    map: z.map(z.string(), z.number()),
    bytes: z.instanceof(Uint8Array),
    shape: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), a: z.number() }),
      z.object({ kind: z.literal("b"), b: z.string() }),
    ]),
    userId: z.string().brand<"UserId">(),
    unknown: z.unknown(),
    meta: z.object({ size: z.number() }),
  }),
  run: () => null as never,
});
const sink = defineNode({
  name: "sink",
  input: z.object({
    number: z.number(),
    text: z.string().optional(),
    numbers: z.array(z.number()).optional(),
    rows: z.array(z.object({ id: z.number() })).optional(),
    record: z.record(z.string(), z.number()).optional(),
    date: z.date().optional(),
    map: z.map(z.string(), z.number()).optional(),
    pair: z.tuple([z.string(), z.number()]).optional(),
    shape: z
      .discriminatedUnion("kind", [
        z.object({ kind: z.literal("a"), a: z.number() }),
        z.object({ kind: z.literal("b"), b: z.string() }),
      ])
      .optional(),
    userId: z.string().brand<"UserId", "inout">().optional(),
    floats: z.instanceof(Float64Array).optional(),
  }),
  output: z.object({ result: z.number() }),
  run: () => ({ result: 1 }),
});

const flow = new Workflow("wrong");
const { out } = flow.addNode("source", source);
const target = flow.addNode("target", sink);
const number = 1;

// @ts-expect-error a text into a number
flow.addNode("a1", sink, { number: out.text });
// @ts-expect-error a literal text into a number
flow.addNode("a2", sink, { number: "1" });
// @ts-expect-error a date into a number
flow.addNode("a3", sink, { number: out.date });
// @ts-expect-error an optional text into a number
flow.addNode("a4", sink, { number: out.maybe });
// @ts-expect-error null into a number
flow.addNode("a5", sink, { number: out.nullable });
// @ts-expect-error unknown into a number
flow.addNode("a6", sink, { number: out.unknown });
// @ts-expect-error a list of texts into a list of numbers
flow.addNode("a7", sink, { number, numbers: out.list });
// @ts-expect-error a text nested in a list of numbers
flow.addNode("a8", sink, { number, numbers: [1, out.text] });
// @ts-expect-error a text nested in an object in a list
flow.addNode("a9", sink, { number, rows: [{ id: out.text }] });
// @ts-expect-error a text nested in a record of numbers
flow.addNode("a10", sink, { number, record: { a: out.text } });
// @ts-expect-error a Map into a record
flow.addNode("a11", sink, { number, record: out.map });
// @ts-expect-error a text into a date
flow.addNode("a12", sink, { number, date: out.text });
// @ts-expect-error the wrong order in a tuple
flow.addNode("a13", sink, { number, pair: [out.number, out.text] });
// @ts-expect-error a wrong part of a discriminated union
flow.addNode("a14", sink, { number, shape: { kind: "a", a: out.text } });
// @ts-expect-error a text without its brand
flow.addNode("a15", sink, { number, userId: out.text });
// @ts-expect-error bytes into floats
flow.addNode("a16", sink, { number, floats: out.bytes });
// @ts-expect-error a Map of other values
flow.addNode("a17", sink, { number, map: new Map([["a", "b"]]) });
// @ts-expect-error all ports at once into one
flow.addNode("a18", sink, { number: out });
// @ts-expect-error a handle into a port
flow.addNode("a19", sink, { number: target });
// @ts-expect-error an input port into an input
flow.addNode("a20", sink, { number: target.in.number });
// @ts-expect-error a function into a number
flow.addNode("a21", sink, { number: () => 1 });
// @ts-expect-error undefined for a required input
flow.addNode("a22", sink, { number: undefined });

// @ts-expect-error a misspelt input
flow.addNode("b1", sink, { number, txet: "x" });
// @ts-expect-error a misspelt output
flow.addNode("b2", sink, { number: out.nubmer });
// @ts-expect-error a misspelt path
flow.addNode("b3", sink, { number: out.meta.szie });
// @ts-expect-error a path into a number
flow.addNode("b4", sink, { number: out.number.size });
// @ts-expect-error a path into one alternative only
flow.addNode("b5", sink, { number: out.shape.a });
// @ts-expect-error a list's item by index instead of at()
flow.addNode("b6", sink, { number: out.rows[0] });
// @ts-expect-error a missing input
flow.addNode("b7", sink, {});
// @ts-expect-error a missing input beside others
flow.addNode("b8", sink, { text: out.text });
// @ts-expect-error inputs for a node that has none
flow.addNode("b9", source, { number });
// @ts-expect-error what is no node
flow.addNode("b10", { name: "sink" }, { number });

const silent = flow.addNode(
  "silent",
  defineNode({ name: "silent", input: z.object({}), output: z.object({}), run: () => ({}) }),
);
// @ts-expect-error an output of a node that has none
flow.addNode("b11", sink, { number: silent.out.anything });
// @ts-expect-error an input of a node that has none
flow.connect("source.number", "silent.x").connect(out.number, silent.in.anything);
// @ts-expect-error an input of a workflow that declares none
flow.addNode("b12", sink, { number: flow.input.anything });

// @ts-expect-error a text into a number, by connect
flow.connect(out.text, target.in.number);
// @ts-expect-error an optional text into a number, by connect
flow.connect(out.maybe, target.in.number);
// @ts-expect-error a misspelt target
flow.connect(out.number, target.in.nubmer);
// @ts-expect-error a misspelt source
flow.connect(out.nubmer, target.in.number);
// @ts-expect-error an output as a target
flow.connect(out.number, target.out.result);
// @ts-expect-error an input as a source
flow.connect(target.in.number, target.in.number);
// @ts-expect-error a value as a source
flow.connect(1, target.in.number);

// @ts-expect-error firstOf over different types
firstOf(out.number, out.text);
// @ts-expect-error firstOf over a value
firstOf(out.number, 1);
// @ts-expect-error firstOf of texts into a number
flow.addNode("c1", sink, { number: firstOf(out.text, out.maybe) });

const branch = flow.addNode(
  "branch",
  ifElse(z.string(), (value) => value === ""),
  { value: out.text },
);
// @ts-expect-error a branch of texts into a number
flow.addNode("c2", sink, { number: branch.out.then });
// @ts-expect-error a branch that is not there
flow.addNode("c3", sink, { number: branch.out.otherwise });
// @ts-expect-error a predicate of another type
ifElse(z.string(), (value: number) => value > 0);

// @ts-expect-error run gives what the output schema does not take
defineNode({ name: "d1", input: z.object({}), output: z.object({ n: z.number() }), run: () => ({ n: "1" }) });
// @ts-expect-error run gives too little
defineNode({ name: "d2", input: z.object({}), output: z.object({ n: z.number() }), run: () => ({}) });
// @ts-expect-error run takes what the input schema does not give
defineNode({ name: "d3", input: z.object({ n: z.number() }), output: z.object({}), run: ({ m }) => ({ m }) });
// @ts-expect-error a schema that is no object
defineNode({ name: "d4", input: z.string(), output: z.object({}), run: () => ({}) });
// @ts-expect-error no run
defineNode({ name: "d5", input: z.object({}), output: z.object({}) });
