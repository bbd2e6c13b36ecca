import { defineNode, Workflow } from "@polyloom/core";
import { CyclicRuntime } from "@polyloom/runtime-cyclic";
import { z } from "zod";
import { startServer } from "./server.ts";

// #region nodes
/** Asks a service for the date in a text; tells it what was wrong with its last answer. */
const ask = defineNode({
  name: "ask",
  input: z.object({ url: z.url(), text: z.string(), complaint: z.string().optional() }),
  output: z.object({ answer: z.unknown() }),
  retry: { attempts: 3, delayMs: 100 }, // for a connection that fails, not for an answer that is no good
  run: async ({ url, text, complaint }, { signal }) => {
    const response = await fetch(url, { method: "POST", signal, body: JSON.stringify({ text, complaint }) });
    return { answer: await response.json() };
  },
});

const Answer = z.object({ date: z.iso.date() });

/** Takes an answer, or says what is wrong with it. */
const judge = defineNode({
  name: "judge",
  input: z.object({ answer: z.unknown() }),
  output: z.object({ isGood: z.boolean(), date: z.string().optional(), complaint: z.string().optional() }),
  run: ({ answer }) => {
    const { data, error } = Answer.safeParse(answer);
    if (data !== undefined) return { isGood: true, date: data.date };
    return { isGood: false, complaint: `${JSON.stringify(answer)}: ${error.issues[0]!.message}` };
  },
});
// #endregion nodes

const server = await startServer();

// #region cycle
const flow = new Workflow("retry until good");
const asked = flow.addNode("asked", ask, { url: server.url, text: "The leap day of the Los Angeles games" });
const judged = flow.addNode("judged", judge, { answer: asked.out.answer });
flow
  .createCycle("until good")
  .connect(judged.out.complaint, asked.in.complaint)
  .convergeWhen(judged.out.isGood, (isGood) => isGood)
  .maxIterations(5)
  .onExhausted("fail")
  .build();

await using runtime = new CyclicRuntime({
  onIteration: ({ iteration, values }) => console.log(`Answer ${iteration}:`, values["judged"]),
});
const result = await runtime.execute(flow);
console.log(result.get(judged).date, "after", result.cycleMetrics.totalIterations, "answers");
// #endregion cycle

await server.close();
