import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

// #region program
const greet = defineNode({
  name: "greet",
  input: z.object({
    name: z.string().trim().min(1), // trim changes the value: it applies in every mode
    times: z.coerce.number().default(1),
  }),
  output: z.object({ text: z.string() }),
  run: ({ name, times }) => ({ text: `Hello, ${name}! `.repeat(times).trim() }),
});

const flow = new Workflow("greetings");
const greeting = flow.addNode("greeting", greet, { name: "  Ada " });

for (const connectionValidation of ["off", "warn", "strict"] as const) {
  const result = await new LocalRuntime({ connectionValidation }).execute(flow);
  console.log(connectionValidation, result.get(greeting).text);
}
// #endregion program
