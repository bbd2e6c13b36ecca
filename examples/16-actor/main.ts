import { connectActor, serveActor } from "@polyloom/actor";
import { actorNode } from "@polyloom/actor/node";
import { Workflow } from "@polyloom/core";
import { AsyncRuntime } from "@polyloom/runtime-async";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const folder = mkdtempSync(join(tmpdir(), "actor-example-"));
const handler = (file: string, name: string): string => `${new URL(file, import.meta.url).href}:${name}`;
const show = (label: string, value: unknown): void => console.log(label, JSON.stringify(value));

{
  // #region serve
  const socketPath = join(folder, "single", "app.sock");
  await using actor = await serveActor({ handler: handler("./single.ts", "process"), socketPath });
  await using client = await connectActor(actor.socketPath);
  show("single", await client.call({ text: "hello" }));
  await client.call({}).catch((error: Error) => console.log("single", error.message));
  // #endregion serve
}

{
  const socketPath = join(folder, "fan-out", "app.sock");
  await using actor = await serveActor({ handler: handler("./fan-out.ts", "process"), socketPath });
  await using client = await connectActor(actor.socketPath);
  const chunks = (await client.call({ text: "word ".repeat(50) })) as { chunk_id: number; text: string }[];
  show(
    "fan-out",
    chunks.map(({ chunk_id, text }) => `${chunk_id}: ${text.length}`),
  );
}

{
  const socketPath = join(folder, "inference", "app.sock");
  await using actor = await serveActor({ handler: handler("./inference.ts", "Model"), socketPath });
  await using client = await connectActor(actor.socketPath);
  show("complete", await client.call({ text: "Deep sleep" }));
  await client.call({ text: "" }).catch((error: Error) => console.log("complete", error.message));

  // #region node
  const embed = actorNode({
    name: "embed",
    socketPath: actor.socketPath,
    input: z.object({ text: z.string() }),
    output: z.object({ embeddings: z.array(z.array(z.number())), model: z.string(), tokens: z.int() }),
  });
  const flow = new Workflow("embeddings");
  const embedded = flow.addMap("embedded", embed, { each: { text: ["one", "two words", "three more words"] } });
  const result = await new AsyncRuntime().execute(flow);
  show("workflow", result.get(embedded).tokens);
  // #endregion node
}

rmSync(folder, { recursive: true });
