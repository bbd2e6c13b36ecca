import { defineNode, loadRuntime, Workflow } from "polyloom";
import { z } from "zod";

const greet = defineNode({
  name: "greet",
  input: z.object({ name: z.string() }),
  output: z.object({ text: z.string() }),
  run: ({ name }) => ({ text: `Hello, ${name}` }),
});
const flow = new Workflow("greetings");
const greeting = flow.addNode("greeting", greet, { name: "loom" });

// #region load
await using runtime = await loadRuntime("async", { maxConcurrency: 10 });
const result = await runtime.execute(flow);
// #endregion load
console.log(result.get(greeting).text, runtime.capabilities.maxConcurrency);
