import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { memorySize } from "./memory-size.ts";
import { workerSettings } from "./parallel-options.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";

describe("options", () => {
  test("have defaults by the machine", () => {
    expect(workerSettings({})).toEqual({
      maxWorkers: availableParallelism(),
      minWorkers: 0,
      fuse: true,
      chunkSize: undefined,
      memoryLimit: undefined,
      idleTimeoutMs: 10_000,
      env: undefined,
      execArgv: undefined,
    });
    expect(new ParallelRuntime().capabilities.maxConcurrency).toBe(availableParallelism());
  });

  test("the seed's: eight workers, chunks of a thousand, two gigabytes, five minutes", () => {
    const runtime = new ParallelRuntime({ maxWorkers: 8, chunkSize: 1000, memoryLimit: "2GB", timeoutMs: 300_000 });
    expect(runtime.capabilities).toMatchObject({ maxConcurrency: 8, place: "worker", isolates: true, preempts: true });
  });

  test.each([
    ["maxWorkers", 0],
    ["maxWorkers", 1.5],
    ["maxWorkers", "4"],
    ["maxWorkers", Infinity],
    ["minWorkers", -1],
    ["chunkSize", 0],
    ["memoryLimit", "much"],
    ["memoryLimit", "2 gallons"],
    ["memoryLimit", 1024],
    ["memoryLimit", Number.NaN],
    ["idleTimeoutMs", 0],
    ["env", { TOKEN: 1 }],
    ["execArgv", "--import"],
    ["fuse", "yes"],
    ["maxThreads", 4],
  ])("refuses %s: %s with its name", (option, value) => {
    const message = expect.stringContaining(option) as string;
    expect(() => new ParallelRuntime({ [option]: value })).toThrow(
      expect.objectContaining({ code: "invalid_option", message }) as Error,
    );
  });

  test("refuses more workers that stay than there may be", () => {
    const more = (): unknown => new ParallelRuntime({ maxWorkers: 2, minWorkers: 3 });
    expect(more).toThrow("minWorkers has to be at most maxWorkers, which is 2, not 3");
  });
});

describe("memorySize", () => {
  test.each([
    [1000, 1000],
    ["1000", 1000],
    ["64 MB", 64 * 2 ** 20],
    ["2GB", 2 * 2 ** 30],
    ["1.5gb", 1.5 * 2 ** 30],
    ["10KB", 10_240],
  ])("%s is %d bytes", (size, bytes) => {
    expect(memorySize(size)).toBe(bytes);
  });

  test.each(["", "GB", "-1GB", "1e9", "0x10", "2 GBs", Number.NaN, -1, Infinity])("%s is none", (size) => {
    expect(memorySize(size)).toBeUndefined();
  });
});
