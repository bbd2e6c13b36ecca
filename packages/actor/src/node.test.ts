import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { expect, test } from "vitest";
import { z } from "zod";
import { testActor } from "./actor.fixture.ts";
import { actorNode } from "./node.ts";

const echo = (socketPath: string) =>
  actorNode({ name: "echo", socketPath, input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) });

test("a node sends its input as the payload, and its outputs are the result", async () => {
  const { socketPath } = await testActor();
  const flow = new Workflow("calls");
  const first = flow.addNode("first", echo(socketPath), { n: 3 });
  const second = flow.addNode("second", echo(socketPath), { n: first.out.n });
  const result = await new LocalRuntime().execute(flow);
  expect(result.get(second).n).toBe(3);
});

test("a fan-out arrives at the port results", async () => {
  const { socketPath } = await testActor("fanOut");
  const letters = actorNode({
    name: "letters",
    socketPath,
    input: z.object({ text: z.string() }),
    output: z.object({ results: z.array(z.object({ index: z.int(), letter: z.string() })) }),
  });
  const flow = new Workflow("fan out");
  const node = flow.addNode("letters", letters, { text: "ab" });
  const result = await new LocalRuntime().execute(flow);
  expect(result.get(node).results.map(({ letter }) => letter)).toEqual(["a", "b"]);
});

test("an actor's error fails the node, with the actor's words as the cause", async () => {
  const { socketPath } = await testActor("validate");
  const flow = new Workflow("refused");
  flow.addNode("echo", echo(socketPath), { n: 3 });
  await expect(new LocalRuntime().execute(flow)).rejects.toMatchObject({
    code: "node_failed",
    nodeId: "echo",
    cause: { code: "actor_failed", details: { error: "validation_error" } },
  });
});

test("a time limit ends the wait", async () => {
  const { socketPath } = await testActor("gate");
  const waiting = actorNode({
    name: "waiting",
    socketPath,
    timeoutMs: 20,
    input: z.object({ wait: z.string() }),
    output: z.object({}),
  });
  const flow = new Workflow("late");
  flow.addNode("waiting", waiting, { wait: "node" });
  await expect(new LocalRuntime().execute(flow)).rejects.toMatchObject({ code: "node_timeout" });
});
