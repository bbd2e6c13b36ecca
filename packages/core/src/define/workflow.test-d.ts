import { z } from "zod";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { defineNode, type NodeDefinition } from "./node.ts";
import type { NodeHandle } from "./handle.ts";
import type { OutRef } from "./reference.ts";
import { holds, type Same } from "./wire.test-d.ts";
import { Workflow } from "./workflow.ts";

const fetchPage = defineNode({
  name: "fetchPage",
  input: z.object({ url: z.string(), retries: z.number().default(3) }),
  output: z.object({ body: z.string(), size: z.string().transform(Number), links: z.array(z.string()).optional() }),
  run: () => ({ body: "", size: "1" }),
});

// The types of a definition and a handle can be written down.
const definition: NodeDefinition<
  { url: string; retries?: number | undefined },
  { body: string; size: number; links?: string[] | undefined }
> = fetchPage;

const crawl = new Workflow("crawl", {
  input: z.object({ url: z.string(), depth: z.number().default(1), note: z.string().optional() }),
  output: z.object({ body: z.string(), count: z.number().default(0) }),
  runtime: "parallel",
});
const page: NodeHandle<
  { url: string; retries?: number | undefined },
  { body: string; size: number; links?: string[] | undefined }
> = crawl.addNode("page", definition, {
  url: crawl.input.url,
  retries: crawl.input.depth,
});
crawl.setOutput({ body: page.out.body, count: page.out.size });
crawl.setOutput({ body: "literal", count: 1 });

// @ts-expect-error a missing output
crawl.setOutput({ count: page.out.size });
// @ts-expect-error an output of another type
crawl.setOutput({ body: page.out.size, count: 1 });
// @ts-expect-error a misspelt output
crawl.setOutput({ body: page.out.body, count: 1, conut: 1 });
// @ts-expect-error a misspelt input
crawl.addNode("p1", fetchPage, { url: crawl.input.ulr });
// @ts-expect-error an input of another type
crawl.addNode("p2", fetchPage, { url: crawl.input.depth });
// @ts-expect-error an unknown runtime
void new Workflow("w", { runtime: "warp" });
// @ts-expect-error a misspelt option
void new Workflow("w", { inputs: z.object({}) });

// A workflow is a node of another, typed by what it declares.
const outer = new Workflow("outer");
const sub = outer.addNode("crawl", crawl, { url: "https://example.org" });
holds<Same<typeof sub.out.body, OutRef<string>>>();
holds<Same<typeof sub.out.count, OutRef<number>>>();
outer.addNode("again", crawl, { url: sub.out.body, depth: sub.out.count });
// @ts-expect-error a missing input of a workflow
outer.addNode("w1", crawl, { depth: 1 });
// @ts-expect-error an input of a workflow of another type
outer.addNode("w2", crawl, { url: sub.out.count });
// @ts-expect-error an output that the workflow does not declare
outer.addNode("w3", crawl, { url: sub.out.title });

// Results are typed by handles, outputs by declarations, inputs by both.
const runtime = new InlineRuntime();
const result = await runtime.execute(outer);
holds<Same<ReturnType<typeof readSub>, { body: string; count: number }>>();
function readSub(): { body: string; count: number } {
  return result.get(sub);
}
const links: string[] | undefined = (await runtime.execute(crawl, { input: { url: "x" } })).get(page).links;
const outputs = (await runtime.execute(crawl, { input: { url: "x", depth: 2 } })).outputs;
holds<Same<typeof outputs, { body: string; count: number }>>();
void links;
// @ts-expect-error a result that the node does not give
void result.get(sub).title;
// @ts-expect-error an output that is not declared
void outputs.title;
// @ts-expect-error a required input of the workflow is missing
void runtime.execute(crawl, { input: { depth: 1 } });
// @ts-expect-error an input of the workflow of another type
void runtime.execute(crawl, { input: { url: 5 } });
// @ts-expect-error a misspelt input of the workflow
void runtime.execute(crawl, { input: { url: "x", dpeth: 1 } });
// @ts-expect-error a misspelt option of the execution
void runtime.execute(outer, { paramters: {} });
