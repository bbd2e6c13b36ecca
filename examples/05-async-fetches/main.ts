import { defineNode, Workflow } from "@polyloom/core";
import { AsyncRuntime } from "@polyloom/runtime-async";
import { z } from "zod";
import { asyncHttpClient } from "./http-client.ts";
import { startServer } from "./server.ts";

const merge = defineNode({
  name: "merge",
  input: z.object({ answers: z.array(z.unknown()) }),
  output: z.object({ text: z.string() }),
  run: ({ answers }) => ({ text: JSON.stringify(answers) }),
});

const server = await startServer();

// #region flow
const workflow = new Workflow("async_example");
const fetch1 = workflow.addNode("fetch1", asyncHttpClient, { url: `${server.url}/users` });
const fetch2 = workflow.addNode("fetch2", asyncHttpClient, { url: `${server.url}/orders` });
const both = workflow.addNode("both", merge, { answers: [fetch1.out.json, fetch2.out.json] });

await using runtime = new AsyncRuntime({ maxConcurrency: 10 });
const result = await runtime.execute(workflow);
// #endregion flow

console.log(result.get(fetch1).status, result.get(fetch2).status);
console.log(result.get(both).text);
await server.close();
