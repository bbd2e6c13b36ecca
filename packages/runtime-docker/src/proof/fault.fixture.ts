// A program of its own, which a test kills: prints the id of its container once a node runs in it.
import { Workflow } from "@polyloom/core";
import { DockerRuntime } from "../docker-runtime.ts";
import type { Transport } from "../pool/door.ts";
import { addOne } from "../nodes.fixture.ts";
import { spin, waitForAbort } from "./hostile.fixture.ts";

const [transport, state] = process.argv.slice(2) as [Transport, "idle" | "busy" | "spinning" | "exiting" | "forgotten"];
const idleTimeoutMs = state === "forgotten" ? 50 : Infinity;
const runtime = new DockerRuntime({ transport, maxContainers: 1, idleTimeoutMs });
const flow = new Workflow("first");
flow.addNode("one", addOne, { value: 1 });
const { nodes } = await runtime.execute(flow);
const id = nodes["one"]!.where!.replace("container ", "");

if (state === "busy" || state === "spinning") {
  const next = new Workflow("next");
  if (state === "busy") next.addNode("node", waitForAbort, {});
  else next.addNode("node", spin, {});
  const onEvent = ({ type }: { type: string }): void => {
    if (type === "node.started") console.log(id);
  };
  await runtime.execute(next, { observers: [{ onEvent }] });
} else {
  console.log(id);
  if (state === "exiting") process.exit();
  process.disconnect();
}
