import { defineNode, Workflow } from "@polyloom/core";
import { DockerRuntime } from "@polyloom/runtime-docker";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { makeRuntime, runAndTell } from "./containers.fixture.ts";

const nothing = defineNode({ name: "nothing", input: z.object({}), output: z.object({}), run: () => ({}) });

test("the options of the original are options of DockerRuntime", () => {
  expect(makeRuntime().capabilities.place).toBe("container");
});

test("a failure is told by its code", async () => {
  const said = vi.spyOn(console, "error").mockReturnValue(undefined);
  const flow = new Workflow("nowhere");
  flow.addNode("one", nothing, {});
  await runAndTell(new DockerRuntime({ engine: "unix:///nowhere/docker.sock" }), flow);
  expect(said).toHaveBeenCalledWith("engine_unavailable", undefined, undefined);
  said.mockRestore();
});
