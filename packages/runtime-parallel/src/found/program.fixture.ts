import { isMainThread } from "node:worker_threads";
import { type OutRef, Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { nodes } from "./nodes.fixture.ts";

/** Sends 1 through every node: what comes out, and whether all of them ran on another thread. */
export async function report(): Promise<string> {
  const flow = new Workflow("program");
  let value: number | OutRef<number> = 1;
  for (const node of nodes) value = flow.addNode(node.name, node, { value }).out.value;
  await using runtime = new ParallelRuntime({ maxWorkers: 1 });
  const { results } = await runtime.execute(flow);
  const outputs = Object.values(results) as { value: number; thread: number }[];
  return `${outputs.at(-1)!.value} ${outputs.every(({ thread }) => thread > 0)}`;
}

// A bundle holds the nodes and this together: a worker that imports it for the nodes must not run it again.
if (isMainThread && process.argv.includes("--report"))
  report().then(
    (text) => process.stdout.write(text),
    (error: unknown) => process.stdout.write(String(error)),
  );
