import { type RunEvent, Workflow } from "@polyloom/core";
import { AsyncRuntime } from "@polyloom/runtime-async";
import { batchApiClient } from "./batch-client.ts";
import { startServer } from "./server.ts";

const server = await startServer(5);
const urls = Array.from({ length: 23 }, (_, id) => `${server.url}/${id}`);

// #region flow
const workflow = new Workflow("batches");
const fetched = workflow.addNode("fetch", batchApiClient, { urls, batchSize: 10, maxConcurrent: 5 });

await using runtime = new AsyncRuntime();
const onEvent = (event: RunEvent): void => {
  if (event.type === "node.progress") console.log(`${event.done} of ${event.total} ${event.message}`);
};
const result = await runtime.execute(workflow, { observers: [{ onEvent }] });
// #endregion flow

const { answers } = result.get(fetched);
console.log(`${answers.length} answers, all well: ${answers.every(({ status }) => status === 200)}`);
console.log(`in order: ${answers.every(({ json }, index) => (json as { id: number }).id === index)}`);
console.log(`the server saw ${server.requests} requests, at most ${server.mostAtOnce} at once`);
await server.close();
