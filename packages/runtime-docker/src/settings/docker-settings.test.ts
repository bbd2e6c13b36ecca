import { expect, test } from "vitest";
import { addOne } from "../nodes.fixture.ts";
import { docker, settingsOf } from "./docker-settings.ts";

test("docker() notes settings of a node, and leaves the node as it was", () => {
  const limited = docker(addOne, { memory: "64m" });
  expect(settingsOf(limited as never)).toEqual({ memory: "64m" });
  expect(settingsOf(addOne as never)).toBeUndefined();
  expect(limited.reference).toBe(addOne.reference);
});

test("docker() over docker() adds to what there is", () => {
  const twice = docker(docker(addOne, { memory: "64m", cpus: 1 }), { cpus: 2 });
  expect(settingsOf(twice as never)).toEqual({ memory: "64m", cpus: 2 });
});

test.each([
  [{ memroy: "64m" }, "docker(addOne)"],
  [{ volumes: { "/data": { bind: "/data", mode: "x" } } }, "docker(addOne).volumes./data.mode"],
  [{ isolation: "none" }, "docker(addOne).isolation"],
])("what is no setting is refused by its name: %j", (settings, option) => {
  expect(() => docker(addOne, settings as never)).toThrow(
    expect.objectContaining({ code: "invalid_option", details: { option } }),
  );
});
