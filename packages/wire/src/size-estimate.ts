import types from "node:util/types";

import { openLevel, type Level } from "./value-level.ts";

interface Tally {
  bytes: number;
  readonly stopAt: number;
  readonly seen: Set<object>;
  readonly pending: object[];
}

/**
 * A lower bound in bytes of what encode would build, without building it; counting ends early,
 * with a number above `stopAt`, once that is passed.
 */
export function estimateBytes(value: unknown, stopAt: number = Infinity): number {
  const tally: Tally = { bytes: 0, stopAt, seen: new Set(), pending: [] };
  count(tally, value);
  while (tally.pending.length > 0 && tally.bytes <= stopAt) {
    expand(tally, tally.pending.pop() as object);
  }
  return tally.bytes;
}

function count(tally: Tally, value: unknown): void {
  if (typeof value === "object" && value !== null) countObject(tally, value);
  else tally.bytes += primitiveBytes(value);
}

// What is undefined counts nothing, as the holes of a sparse array are not written.
function primitiveBytes(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value === "number") return 2;
  if (typeof value === "bigint") return bigintBytes(value);
  return value === undefined ? 0 : 1;
}

function bigintBytes(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) return 2;
  return Math.floor(value.toString(16).length / 2);
}

function countObject(tally: Tally, value: object): void {
  tally.bytes += 2;
  if (tally.seen.has(value)) return;
  tally.seen.add(value);
  if (ArrayBuffer.isView(value)) countView(tally, value);
  else if (types.isAnyArrayBuffer(value)) tally.bytes += value.byteLength;
  else tally.pending.push(value);
}

// As encode does it: a Buffer, often a slice of a shared pool, is written alone.
function countView(tally: Tally, view: ArrayBufferView): void {
  if (Buffer.isBuffer(view)) tally.bytes += view.byteLength;
  else countObject(tally, view.buffer);
}

function expand(tally: Tally, value: object): void {
  if (types.isProxy(value)) return;
  const level = openLevel(value);
  tally.bytes += nameBytes(level);
  for (const child of level.children) {
    if (tally.bytes > tally.stopAt) return;
    count(tally, child);
  }
}

function nameBytes({ kind, value }: Level): number {
  if (kind === "error") return messageBytes(value as Error);
  if (kind !== "object") return 0;
  return Object.keys(value as object).reduce((sum, key) => sum + key.length, 0);
}

function messageBytes(error: Error): number {
  const message: unknown = Object.getOwnPropertyDescriptor(error, "message")?.value;
  return typeof message === "string" ? message.length : 0;
}
