import { defineNode, Workflow } from "@polyloom/core";
import { items, sequence, TestingRuntime } from "@polyloom/runtime-testing";
import { z } from "zod";

const fetchPage = defineNode({
  name: "fetchPage",
  input: z.object({ path: z.string() }),
  output: z.object({ text: z.string() }),
  retry: { attempts: 3, delayMs: 60_000 },
  timeoutMs: 10_000,
  run: async ({ path }, { signal }) => ({
    text: await (await fetch(`https://pages.example${path}`, { signal })).text(),
  }),
});

const flow = new Workflow("pages");
const pages = flow.addMap("pages", fetchPage, { each: { path: ["/a", "/b", "/c"] } });

// #region responses
const runtime = new TestingRuntime({ maxConcurrency: 2 })
  .setNodeResponse(items(pages), ({ path }) => ({ text: `text of ${path}` })) // a function of the inputs
  .setNodeLatency(pages, 1_000); // virtual milliseconds
await runtime.execute(flow);
console.log(runtime.getMakespan()); // three items, two at once, a second each

runtime.reset().setNodeResponse(items(pages), sequence({ text: "first" }, { text: "later" })); // the last one repeats
console.log((await runtime.execute(flow)).get(pages).text);
// #endregion responses

// #region calls
runtime.reset().setNodeResponse(items(pages), { text: "" }).setNodeError(pages, new Error("busy"), { times: 1 });
await runtime.execute(flow);
const [first, second] = runtime.getNodeCalls(items(pages));
console.log(first?.inputs.path, first?.status, first?.attempt, second?.inputs.path, second?.status);
console.log(runtime.getNodeCallCount(pages)); // attempts and items count
// #endregion calls
