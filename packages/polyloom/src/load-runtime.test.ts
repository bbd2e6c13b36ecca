import { describe, expect, test } from "vitest";
import { loadRuntime } from "./load-runtime.ts";

describe("loadRuntime", () => {
  test.each(["local", "async", "testing", "parallel", "cyclic"] as const)("loads %s by its name", async (name) => {
    await using runtime = await loadRuntime(name);
    expect(runtime.name).toBe(name);
  });

  test("hands the options on to the runtime", async () => {
    await using runtime = await loadRuntime("async", { maxConcurrency: 3 });
    expect(runtime.capabilities.maxConcurrency).toBe(3);
    await expect(loadRuntime("local", { connectionValidation: "loose" as never })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  test.each(["docker"] as const)("names the package that holds %s", async (name) => {
    const held = `@polyloom/runtime-${name}`;
    await expect(loadRuntime(name)).rejects.toMatchObject({
      code: "dependency_missing",
      message: expect.stringContaining(`npm install ${held}`) as string,
      details: { runtime: name, package: held },
    });
  });

  test.each(["loacl", "constructor", "__proto__", undefined])("refuses %s, and lists what there is", async (name) => {
    await expect(loadRuntime(name as never)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining("local, async, testing") as string,
    });
  });
});
