import { expect, test } from "vitest";
import { machineText } from "./machine.ts";

const machine = { node: "v24.0.0", cpu: "Example", cores: 4, memoryMB: 8192 };

test("a machine on which others are at work says so", () => {
  expect(machineText({ ...machine, load: 0.4 })).toBe("Node v24.0.0, 4 × Example, load 0.4 before the start");
  expect(machineText({ ...machine, load: 1.1 })).toMatch(/load 1.1 before the start \(busy/);
});
