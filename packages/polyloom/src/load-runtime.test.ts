import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { loadRuntime } from "./load-runtime.ts";

describe("loadRuntime", () => {
  test.each(["local", "async", "testing", "parallel", "cyclic", "docker"] as const)(
    "loads %s by its name",
    async (name) => {
      await using runtime = await loadRuntime(name);
      expect(runtime.name).toBe(name);
    },
  );

  test("hands the options on to the runtime", async () => {
    await using runtime = await loadRuntime("async", { maxConcurrency: 3 });
    expect(runtime.capabilities.maxConcurrency).toBe(3);
    await expect(loadRuntime("local", { connectionValidation: "loose" as never })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  test("names the package of a runtime that is not installed", async () => {
    const program = fileURLToPath(new URL("without-docker.fixture.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program]);
    expect(JSON.parse(stdout)).toEqual({
      code: "dependency_missing",
      message: expect.stringContaining("npm install @polyloom/runtime-docker") as string,
      details: { runtime: "docker", package: "@polyloom/runtime-docker" },
    });
  });

  test.each(["loacl", "constructor", "__proto__", undefined])("refuses %s, and lists what there is", async (name) => {
    await expect(loadRuntime(name as never)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining("local, async, testing") as string,
    });
  });
});
