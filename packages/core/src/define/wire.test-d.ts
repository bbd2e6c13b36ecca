// Right programs: that they compile is the test.
import { z } from "zod";
import { ifElse, switchOn } from "./branch.ts";
import { defineNode } from "./node.ts";
import { firstOf, type OutRef } from "./reference.ts";
import { Workflow } from "./workflow.ts";

/** Whether two types are the same, `any` told apart from everything. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`. */
export function holds<_T extends true>(): void {}

interface Tree {
  value: number;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ value: z.number(), children: z.array(tree) }));
const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number() }),
]);
const userId = z.string().brand<"UserId">();

const all = {
  number: z.number(),
  text: z.string(),
  date: z.date(),
  map: z.map(z.string(), z.number()),
  set: z.set(z.string()),
  bytes: z.instanceof(Uint8Array),
  floats: z.instanceof(Float64Array),
  buffer: z.instanceof(ArrayBuffer),
  pattern: z.instanceof(RegExp),
  error: z.instanceof(Error),
  big: z.bigint(),
  nothing: z.null(),
  union: z.union([z.string(), z.number()]),
  shape,
  tuple: z.tuple([z.string(), z.number(), z.date()]),
  open: z.tuple([z.string()], z.number()),
  record: z.record(z.string(), z.number()),
  tree,
  userId,
  nullable: z.number().nullable(),
  list: z.array(z.object({ id: z.number(), tags: z.array(z.string()) })),
  choice: z.enum(["a", "b"]),
  readonly: z.array(z.number()).readonly(),
  anything: z.any(),
  unknown: z.unknown(),
  function: z.function({ input: [z.number()], output: z.number() }),
};

const source = defineNode({
  name: "source",
  input: z.object({}),
  output: z.object(all),
  run: () => null as never,
});
const sink = defineNode({ name: "sink", input: z.object(all), output: z.object({}), run: () => ({}) });

const flow = new Workflow("types");
const s = flow.addNode("source", source);

// Every kind of value crosses a wire to its own kind: by addNode, by connect, and by destructured ports.
const { number, text, date, map, set, bytes, floats, buffer, pattern, error, big, nothing, union, tuple, open } = s.out;
flow.addNode("sink", sink, {
  number,
  text,
  date,
  map,
  set,
  bytes,
  floats,
  buffer,
  pattern,
  error,
  big,
  nothing,
  union,
  tuple,
  open,
  shape: s.out.shape,
  record: s.out.record,
  tree: s.out.tree,
  userId: s.out.userId,
  nullable: s.out.nullable,
  list: s.out.list,
  choice: s.out.choice,
  readonly: s.out.readonly,
  anything: s.out.anything,
  unknown: s.out.unknown,
  function: s.out.function,
});
const later = flow.addNode("later", sink);
flow.connect(s.out.number, later.in.number).connect(s.out.shape, later.in.shape).connect(s.out.tree, later.in.tree);
flow.connect(s.out.text, later.in.union).connect(s.out.number, later.in.nullable).connect(s.out.big, later.in.unknown);
flow.connect("source.number", "later.number").connect("source", "later").connect(s, later);

// Literals of every kind.
flow.addNode("literals", sink, {
  number: 1,
  text: "x",
  date: new Date(0),
  map: new Map([["a", 1]]),
  set: new Set(["a"]),
  bytes: new Uint8Array(1),
  floats: new Float64Array(1),
  buffer: new ArrayBuffer(1),
  pattern: /x/,
  error: new RangeError("x"),
  big: 1n,
  nothing: null,
  union: 1,
  shape: { kind: "circle", radius: 1 },
  tuple: ["a", 1, new Date(0)],
  open: ["a", 1, 2, 3],
  record: { a: 1 },
  tree: { value: 1, children: [{ value: 2, children: [] }] },
  userId: "ada" as z.infer<typeof userId>,
  nullable: null,
  list: [{ id: 1, tags: ["a"] }],
  choice: "a",
  readonly: [1],
  anything: Symbol("x"),
  unknown: {},
  function: (n) => n + 1,
});

// References nest in literals.
flow.addNode("nested", sink, {
  number,
  text,
  date,
  map,
  set,
  bytes,
  floats,
  buffer,
  pattern,
  error,
  big,
  nothing,
  userId: s.out.userId,
  choice: s.out.choice,
  function: s.out.function,
  union: firstOf(s.out.text, s.out.choice),
  shape: { kind: "circle", radius: s.out.number },
  tuple: [s.out.text, s.out.number, new Date(0)],
  open: ["a", s.out.number, 2],
  record: { a: s.out.number, b: 2 },
  tree: { value: s.out.number, children: [s.out.tree, { value: 1, children: [s.out.tree] }] },
  nullable: s.out.number,
  list: [{ id: s.out.number, tags: ["a", s.out.text] }, s.out.list.at(0), { id: 1, tags: s.out.list.at(-1).tags }],
  readonly: [1, s.out.number],
  anything: { deep: [s.out.date] },
  unknown: [s.out.number],
});

// Paths: through objects, optional parts, lists, tuples, records, unions and any.
const page = defineNode({
  name: "page",
  input: z.object({}),
  output: z.object({
    meta: z.object({ size: z.number(), author: z.object({ name: z.string() }).optional() }),
    maybe: z.object({ deep: z.object({ x: z.number().optional() }).nullable() }).optional(),
    links: z.array(z.string()),
    pair: z.tuple([z.string(), z.number()]),
    shape,
    record: z.record(z.string(), z.object({ n: z.number() })),
    anything: z.any(),
    tree,
  }),
  run: () => null as never,
});
const p = flow.addNode("page", page).out;
holds<Same<typeof p.meta.size, OutRef<number>>>();
holds<Same<typeof p.meta.author.name, OutRef<string>>>();
holds<Same<typeof p.maybe.deep.x, OutRef<number>>>();
holds<Same<ReturnType<typeof p.links.at>, OutRef<string>>>();
const number1: OutRef<number> = p.links.length;
const number2: OutRef<number> = p.tree.children.at(0).children.at(-1).value;
const kind: OutRef<"circle" | "square"> = p.shape.kind;
flow.addNode("paths", sink, {
  ...literals(),
  number: number1,
  text: p.meta.author.name,
  union: p.pair.at(0),
  nullable: p.maybe.deep.x,
  tree: p.tree.children.at(0),
  list: p.anything.whatever.there.is,
  choice: p.anything,
  record: { a: number2 },
  unknown: kind,
});
declare function literals(): z.input<z.ZodObject<typeof all>>;

// Optional and defaulted inputs are left out on the wire, and present in run.
const lenient = defineNode({
  name: "lenient",
  input: z.object({
    size: z.number().default(5),
    name: z.string().optional(),
    caught: z.number().catch(1),
    text: z.string().prefault("x"),
    given: z.number(),
  }),
  output: z.object({ size: z.number().optional(), total: z.number() }),
  run: (input, context) => {
    holds<Same<typeof input.size, number>>();
    holds<Same<typeof input.name, string | undefined>>();
    holds<Same<typeof input.text, string>>();
    holds<Same<typeof context.signal, AbortSignal>>();
    return { total: input.size };
  },
});
flow.addNode("lenient", lenient, { caught: 1, given: 1 });
flow.addNode("lenient2", lenient, { size: s.out.number, name: s.out.text, caught: s.out.number, given: 1 });

// An optional output fits a required input: undefined is dead at run time.
const half = flow.addNode("half", lenient, { given: 1, caught: 1 });
flow.addNode("next", lenient, { given: half.out.size, caught: 1 });
flow.connect(half.out.size, flow.addNode("next2", lenient).in.given);

// What a wire carries is z.input of the input; what a reader gets is z.output of the output.
const convert = defineNode({
  name: "convert",
  input: z.object({ when: z.string().transform((value) => new Date(value)), count: z.coerce.number<string>() }),
  output: z.object({ size: z.string().transform(Number), when: z.date() }),
  run: ({ when, count }) => {
    holds<Same<typeof when, Date>>();
    holds<Same<typeof count, number>>();
    return { size: String(count), when };
  },
});
const c = flow.addNode("convert", convert, { when: s.out.text, count: "5" });
holds<Same<typeof c.out.size, OutRef<number>>>();
flow.addNode("converted", lenient, { given: c.out.size, caught: 1 });

// Branches and joins.
const branch = flow.addNode(
  "branch",
  ifElse(z.number(), (value) => value > 0),
  { value: s.out.number },
);
const joined = firstOf(branch.out.then, branch.out.else, s.out.number);
holds<Same<typeof joined, OutRef<number>>>();
const by = flow.addNode(
  "by",
  switchOn(shape, { round: (value) => value.kind === "circle", flat: (value) => value.kind === "square" }),
  { value: s.out.shape },
);
const anyShape = firstOf(by.out.round, by.out.flat, by.out.default);
flow.addNode("joined", lenient, { given: joined, caught: 1 });
flow.addNode("shapes", sink, { ...literals(), shape: anyShape, unknown: anyShape.kind });
