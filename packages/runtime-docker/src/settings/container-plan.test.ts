import { expect, test } from "vitest";
import { containerPlan, mergeSettings } from "./container-plan.ts";

test("without settings a plan has the strict defaults", () => {
  const plan = containerPlan("image", {});
  expect(plan).toMatchObject({ image: "image", isolation: "shared", env: {}, mounts: [], memory: 2 ** 29 });
  expect(plan.toldLimits).toMatchObject({ pids: 128, cpus: 1, openFiles: 1024 });
  expect(plan.outputBytes).toBe(10 * 2 ** 20);
});

test("settings become limits, a profile and mounts", () => {
  const plan = containerPlan("image", {
    memory: "1g",
    cpuShares: 512,
    readOnly: false,
    network: "bridge",
    user: "1000:1000",
    volumes: { "/data": { bind: "/in" }, cache: { bind: "/out", mode: "rw" } },
    tmpfs: { "/tmp": "16m", "/scratch": "1m" },
    ulimits: { nofile: 64, fsize: "2m" },
    securityProfile: { capabilities: ["NET_BIND_SERVICE"] },
  });
  expect(plan.toldLimits).toMatchObject({
    memory: 2 ** 30,
    cpuShares: 512,
    openFiles: 64,
    fileSize: 2 ** 21,
    tmpSize: 2 ** 24,
  });
  expect(plan.profile).toEqual({
    network: "bridge",
    readOnlyRoot: false,
    user: "1000:1000",
    capabilities: ["NET_BIND_SERVICE"],
    tmpfs: { "/scratch": 2 ** 20 },
  });
  expect(plan.mounts).toEqual([
    { source: "/data", target: "/in", writable: false },
    { source: "cache", target: "/out", writable: true },
  ]);
  expect(plan.heapMegabytes).toBe(896);
  expect(containerPlan("image", { memory: "100m" }).heapMegabytes).toBe(40);
  expect(containerPlan("image", { memory: false }).heapMegabytes).toBeUndefined();
});

test("plans have one key where containers can be shared, and another where not", () => {
  const key = containerPlan("image", { memory: "64m" }).key;
  expect(containerPlan("image", { memory: "64m", timeoutMs: 5 }).key).toBe(key);
  for (const settings of [{ memory: "65m" }, { memory: "64m", env: { A: "1" } }, { memory: "64m", isolation: "fresh" }])
    expect(containerPlan("image", settings as never).key).not.toBe(key);
  expect(containerPlan("other", { memory: "64m" }).key).not.toBe(key);
});

test("what no container can have is refused", () => {
  expect(() => containerPlan("image", { memory: "1k" })).toThrow(
    expect.objectContaining({ code: "container_options_invalid" }),
  );
});

test("settings come together: variables, volumes and folders are added, and the rest replaced", () => {
  const base = { env: { A: "1", B: "1" }, memory: "64m", tmpfs: { "/tmp": "1m" } } as const;
  expect(mergeSettings(base, { env: { B: "2" }, memory: "32m", tmpfs: { "/x": 1 } })).toEqual({
    env: { A: "1", B: "2" },
    memory: "32m",
    tmpfs: { "/tmp": "1m", "/x": 1 },
  });
  expect(mergeSettings(base)).toEqual(base);
});
