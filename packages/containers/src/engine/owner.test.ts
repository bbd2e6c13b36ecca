import { once } from "node:events";
import { spawn } from "node:child_process";

import { describe, expect, test } from "vitest";

import { startScript, testEngine, testImage, withEngine } from "../engine.fixture.ts";
import { isGone, OWNER_LABEL, ownerOf } from "./owner.ts";

describe("an owner", () => {
  test("lives while its process does, and is gone afterwards, though its number may be used again", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    await once(child, "spawn");
    const owner = ownerOf(child.pid);
    expect(isGone(owner)).toBe(false);
    child.stdin.end();
    await once(child, "exit");
    expect(isGone(owner)).toBe(true);
    expect(isGone(ownerOf().replace(/\d+$/, "1"))).toBe(true);
  });

  test("of another host, another boot, or in another form is never taken for gone", () => {
    expect(isGone(`elsewhere:${ownerOf()}`)).toBe(false);
    expect(isGone("somebody")).toBe(false);
  });
});

withEngine("a sweep", () => {
  test("removes what a killed process left, and spares what a living one has", async () => {
    const engine = testEngine();
    const orphan = await createOwnedBy(ownerOf().replace(/\d+$/, "1"));
    const stranger = await createOwnedBy("elsewhere:boot:1:1:1");
    await using mine = await startScript("setInterval(() => {}, 1000)");
    expect(await engine.sweep()).toContain(orphan);
    const left = (await engine.docker.listContainers({ all: true })).map(({ Id: id }) => id);
    expect(left).toEqual(expect.arrayContaining([mine.id, stranger]));
    expect(left).not.toContain(orphan);
    await engine.docker.getContainer(stranger).remove();
  });
});

async function createOwnedBy(owner: string): Promise<string> {
  const Labels = { [OWNER_LABEL]: owner };
  return (await testEngine().docker.createContainer({ Image: await testImage(), Labels })).id;
}
