// #region program
import { defineNode, execute, Workflow } from "polyloom";
import { z } from "zod";

const greet = defineNode({
  name: "greet",
  input: z.object({ name: z.string() }),
  output: z.object({ text: z.string() }),
  run: ({ name }) => ({ text: `Hello, ${name}` }),
});

const flow = new Workflow("greetings", { runtime: "async" });
const greeting = flow.addNode("greeting", greet, { name: "loom" });

const result = await execute(flow); // loads @polyloom/runtime-async
console.log(result.runtime, result.get(greeting).text);
// #endregion program
