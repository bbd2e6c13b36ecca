import { defineNode, ifElse, Workflow } from "@polyloom/core";
import { z } from "zod";
import { items, type NodeCall, sequence, TestingRuntime } from "./index.ts";

const page = defineNode({
  name: "page",
  input: z.object({ url: z.string(), depth: z.number().default(1) }),
  output: z.object({
    title: z.string(),
    links: z.array(z.object({ href: z.string(), seen: z.date() })),
    next: z.string().optional(),
  }),
  run: () => ({ title: "", links: [] }),
});
const rows = defineNode({
  name: "rows",
  input: z.object({ value: z.number() }),
  output: z.object({ doubled: z.number(), tags: z.array(z.string()) }),
  run: ({ value }) => ({ doubled: value * 2, tags: [] }),
});

const inner = new Workflow("inner", { input: z.object({ a: z.number() }), output: z.object({ b: z.string() }) });
const flow = new Workflow("types");
const source = flow.addNode("source", page, { url: "http://localhost" });
const map = flow.addMap("map", rows, { each: { value: [1, 2] } });
const sub = flow.addNode("sub", inner, { a: 1 });
const branch = flow.addNode(
  "branch",
  ifElse(z.number(), (value) => value > 0),
  { value: 1 },
);
const seen = new Date();
const runtime = new TestingRuntime();

// Values
runtime.setNodeResponse(source, { title: "a", links: [{ href: "b", seen }] });
runtime.setNodeResponse(source, { title: "a", links: [], next: "c" });
// @ts-expect-error a number is no title
runtime.setNodeResponse(source, { title: 1, links: [] });
// @ts-expect-error links are missing
runtime.setNodeResponse(source, { title: "a" });
// @ts-expect-error there is no such port
runtime.setNodeResponse(source, { title: "a", links: [], more: 1 });
// @ts-expect-error a date inside a list is no string
runtime.setNodeResponse(source, { title: "a", links: [{ href: "b", seen: "today" }] });
// @ts-expect-error a list of answers is no answer
runtime.setNodeResponse(source, [{ title: "a", links: [] }]);

// Sequences
runtime.setNodeResponse(source, sequence({ title: "a", links: [] }, { title: "b", links: [] }));
// @ts-expect-error the second answer has no title
runtime.setNodeResponse(source, sequence({ title: "a", links: [] }, { links: [] }));
// @ts-expect-error a sequence has at least one answer
runtime.setNodeResponse(source, sequence());

// Functions
runtime.setNodeResponse(source, ({ url }, call) => ({ title: url.toUpperCase() + call.number, links: [] }));
runtime.setNodeResponse(source, async ({ depth }) => ({ title: String(depth), links: [] }));
// @ts-expect-error the inputs have no such port
runtime.setNodeResponse(source, ({ uri }) => ({ title: uri as string, links: [] }));
// @ts-expect-error the function gives no links
runtime.setNodeResponse(source, () => ({ title: "a" }));

// Branches, sub-workflows and maps
runtime.setNodeResponse(branch, { then: 1 });
// @ts-expect-error a branch carries numbers
runtime.setNodeResponse(branch, { then: "1" });
runtime.setNodeResponse(sub, ({ a }) => ({ b: a.toFixed() }));
// @ts-expect-error b is a string
runtime.setNodeResponse(sub, { b: 1 });
runtime.setNodeResponse(items(map), ({ value }, { index }) => ({ doubled: value + (index ?? 0), tags: [] }));
// @ts-expect-error one item gives one number
runtime.setNodeResponse(items(map), { doubled: [1, 2], tags: [] });
// @ts-expect-error the bare handle of a map stands for lists
runtime.setNodeResponse(map, { doubled: 1, tags: [] });
// @ts-expect-error a node that is no map has no items
runtime.setNodeResponse(items(source), { title: "a", links: [] });

// By id nothing is known
runtime.setNodeResponse("source", { title: 1 });
runtime.setNodeResponse("source", ({ url }) => ({ title: url }));
runtime.setDefaultResponse((_inputs, { context }) => ({ title: context.nodeId }));
// @ts-expect-error an answer is an object
runtime.setNodeResponse("source", 1);

// Calls
const calls: readonly NodeCall<{ url: string; depth?: number | undefined }, { title: string }>[] =
  runtime.getNodeCalls(source);
const title: string | undefined = calls[0]?.outputs?.title;
const doubled: number | undefined = runtime.getNodeCalls(items(map))[0]?.outputs?.doubled;
const untyped: unknown = runtime.getNodeCalls("source")[0]?.outputs?.["title"];
// @ts-expect-error there is no such output
const heading: unknown = runtime.getNodeCalls(source)[0]?.outputs?.heading;
// @ts-expect-error errors are thrown so and so many times
runtime.setNodeError(source, new Error("x"), { times: "always" });
// @ts-expect-error no such option
new TestingRuntime({ sed: 1 });

export const used: readonly unknown[] = [title, doubled, untyped, heading];
