import { expect, test } from "vitest";
import { movableBuffers } from "./movable-buffers.ts";

test("buffers are found wherever they are in a value, each once", () => {
  const floats = new Float64Array(4);
  const bytes = new ArrayBuffer(8);
  const cyclic: Record<string, unknown> = { floats, list: [{ bytes }, new Map([["again", floats]])] };
  cyclic["self"] = cyclic;
  expect(new Set(movableBuffers(cyclic))).toEqual(new Set([floats.buffer, bytes]));
});

test("what others see as well is not moved: parts of a buffer, Node's pool, shared memory, what is detached", () => {
  const whole = new ArrayBuffer(16);
  const gone = new ArrayBuffer(8);
  structuredClone(gone, { transfer: [gone] });
  const values = [new Uint8Array(whole, 0, 8), Buffer.from("pooled"), new SharedArrayBuffer(8), gone];
  expect(movableBuffers(values)).toEqual([]);
});
