import { expect, test } from "vitest";
import { dockerOptions } from "./docker-options.ts";
import { DockerRuntime } from "./docker-runtime.ts";
import { ContainerPool } from "./pool/container-pool.ts";

test("the options of the seed become settings of every node", () => {
  const { settings, baseImage, pullPolicy } = dockerOptions({
    baseImage: "node:24-slim",
    networkMode: "bridge",
    volumes: { "/local/data": { bind: "/container/data", mode: "rw" } },
    environment: { NODE_PATH: "/app" },
    pullPolicy: "never",
    docker: { env: { MORE: "1" } },
  });
  expect({ settings, baseImage, pullPolicy }).toEqual({
    baseImage: "node:24-slim",
    pullPolicy: "never",
    settings: {
      network: "bridge",
      volumes: { "/local/data": { bind: "/container/data", mode: "rw" } },
      env: { NODE_PATH: "/app", MORE: "1" },
    },
  });
});

test.each([
  [{ pullPolicy: "sometimes" }, "runtime.pullPolicy"],
  [{ warmContainers: -1 }, "warmContainers"],
  [{ maxContainers: 0 }, "maxContainers"],
  [{ transport: "tcp" }, "transport"],
  [{ code: "somewhere" }, "code"],
  [{ idleTimeoutMs: 0 }, "idleTimeoutMs"],
  [{ maxMessageBytes: 0 }, "maxMessageBytes"],
  [{ unresponsiveMs: 0 }, "unresponsiveMs"],
  [{ isolate: "none" }, "runtime.isolate"],
  [{ environment: { A: 1 } }, "runtime.env.A"],
  [{ nodes: { one: { memory: true } } }, "runtime.nodes.one.memory"],
  [{ docker: { cpus: "many" } }, "runtime.docker.cpus"],
  [{ pool: {} }, "runtime.pool"],
  [{ pool: new ContainerPool(), maxContainers: 2 }, "maxContainers"],
])("an option that cannot be is refused by its name: %j", (options, option) => {
  expect(() => new DockerRuntime(options as never)).toThrow(
    expect.objectContaining({ code: "invalid_option", details: expect.objectContaining({ option }) }),
  );
});

test("a limit that no container can have is refused before an engine is asked", () => {
  expect(() => new DockerRuntime({ nodes: { one: { pids: 1 } } })).toThrow(
    expect.objectContaining({ code: "container_options_invalid" }),
  );
});

test("an option that is not known is refused", () => {
  expect(() => new DockerRuntime({ baseimage: "x" } as never)).toThrow(
    expect.objectContaining({ code: "invalid_option" }),
  );
});

test("the manifest says what it is", () => {
  expect(new DockerRuntime({ maxContainers: 3 }).capabilities).toMatchObject({
    place: "container",
    maxConcurrency: 3,
    isolates: true,
    preempts: true,
    maxMessageBytes: 2 ** 26,
  });
  expect(new DockerRuntime({ isolate: "declared" }).capabilities.isolates).toBe(false);
});
