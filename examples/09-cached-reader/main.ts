import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { cachedReader } from "./cached-reader.ts";

const HOUR = 3_600_000;
const clock = { now: 0 };
const folder = await mkdtemp(join(tmpdir(), "polyloom-"));
const path = join(folder, "large_file.csv");

// #region flow
const readOnceAnHour = cachedReader({ name: "CachedDataReader", ttlMs: HOUR, now: () => clock.now });

const workflow = new Workflow("cached");
const read = workflow.addNode("read", readOnceAnHour, { path });
// #endregion flow

const runtime = new LocalRuntime();
await writeFile(path, "first version");
await show("at once");
await writeFile(path, "second version");
clock.now += HOUR / 2;
await show("half an hour later");
clock.now += HOUR / 2;
await show("an hour later");
await rm(folder, { recursive: true });

async function show(when: string): Promise<void> {
  const { text, cached } = (await runtime.execute(workflow)).get(read);
  console.log(`${when}: ${text} (${cached ? "from the cache" : "read"})`);
}
