import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineNode, Workflow } from "@polyloom/core";
import { TestingRuntime } from "@polyloom/runtime-testing";
import { z } from "zod";

let calls = 0;
const roll = defineNode({
  name: "roll",
  input: z.object({}),
  output: z.object({ dots: z.int(), when: z.date() }),
  run: () => ({ dots: ++calls, when: new Date() }),
});
const flow = new Workflow("dice");
const die = flow.addNode("die", roll, {});

const folder = await mkdtemp(join(tmpdir(), "polyloom-"));
const file = join(folder, "dice.json");
// #region replay
await new TestingRuntime().recordTo(file).execute(flow); // runs the nodes, and writes what they gave
const replayed = await new TestingRuntime().replayFrom(file).execute(flow); // runs none of them
// #endregion replay
console.log(replayed.get(die).dots, replayed.get(die).when instanceof Date, calls);
await rm(folder, { recursive: true });
