import { PolyloomError } from "@polyloom/wire";

import type { EnforcedLimit, EngineFacts } from "../engine/facts.ts";
import { byteSize, type ByteSize } from "./byte-size.ts";

/** What one container may use; `false` leaves a limit out. */
export interface ContainerLimits {
  /** Of memory and swap together; 512 MiB unless set. */
  readonly memory?: ByteSize | false;
  /** Cores, in fractions too; 1 unless set. */
  readonly cpus?: number | false;
  /** The weight against other containers where cores are short, 1024 being the usual; the engine's own unless set. */
  readonly cpuShares?: number;
  /** Processes and threads; 128 unless set, and not below 16, which Node itself needs. */
  readonly pids?: number | false;
  /** Open files of each process; 1024 unless set. */
  readonly openFiles?: number | false;
  /** The largest file that a process can write; 1 GiB unless set. */
  readonly fileSize?: ByteSize | false;
  /** Of `/tmp`, which counts as memory; 64 MiB unless set. */
  readonly tmpSize?: ByteSize;
  /** Of stdout and stderr together; 10 MiB unless set. */
  readonly outputBytes?: ByteSize | false;
  /** The longest run in milliseconds; none unless set. */
  readonly timeoutMs?: number;
}

/** {@link ContainerLimits} as numbers, with the defaults; undefined is no limit. */
export interface ResolvedLimits {
  readonly memory: number | undefined;
  readonly cpus: number | undefined;
  readonly cpuShares: number | undefined;
  readonly pids: number | undefined;
  readonly openFiles: number | undefined;
  readonly fileSize: number | undefined;
  readonly tmpSize: number;
  readonly outputBytes: number | undefined;
  readonly timeoutMs: number | undefined;
}

/** The limits of a container that sets none. */
export const DEFAULT_LIMITS = {
  memory: "512m",
  cpus: 1,
  pids: 128,
  openFiles: 1024,
  fileSize: "1g",
  tmpSize: "64m",
  outputBytes: "10m",
} as const;

// Docker refuses less than 6 MiB; Node needs more to start.
const LEAST_MEMORY = 32 * 2 ** 20;
const LEAST_PIDS = 16;

/** Limits as numbers; throws container_options_invalid for what no container could have. */
export function resolveLimits(limits: ContainerLimits = {}): ResolvedLimits {
  const set = { ...DEFAULT_LIMITS, ...withoutUndefined(limits) };
  return {
    memory: sizeAtLeast(set.memory, "memory", LEAST_MEMORY),
    cpus: numberWithin(set.cpus, "cpus", 0.01, 1024),
    cpuShares: wholeWithin(set.cpuShares, "cpuShares", 2),
    pids: wholeWithin(set.pids, "pids", LEAST_PIDS),
    openFiles: wholeWithin(set.openFiles, "openFiles", 32),
    fileSize: sizeAtLeast(set.fileSize, "fileSize", 1),
    tmpSize: byteSize(set.tmpSize, "tmpSize"),
    outputBytes: sizeAtLeast(set.outputBytes, "outputBytes", 1),
    timeoutMs: numberWithin(set.timeoutMs, "timeoutMs", 1, 2 ** 31 - 1),
  };
}

/** Throws security_unenforceable where the engine's host lacks what a limit needs. */
export function assertEnforceable(limits: ResolvedLimits, { enforces }: EngineFacts): void {
  const needed: readonly (readonly [keyof ResolvedLimits, EnforcedLimit])[] = [
    ["memory", "memory"],
    ["memory", "swap"],
    ["pids", "pids"],
    ["cpus", "cpus"],
    ["cpuShares", "cpuShares"],
  ];
  for (const [option, means] of needed) {
    if (limits[option] !== undefined && !enforces[means]) throw unenforceable(option, means);
  }
}

function unenforceable(option: string, means: string): PolyloomError {
  const message = `The engine's host cannot limit ${means}, which ${option} needs. Set limits.${option} to false to run without.`;
  return new PolyloomError("security_unenforceable", message, { details: { option, means } });
}

function sizeAtLeast(size: ByteSize | false, option: string, least: number): number | undefined {
  if (size === false) return undefined;
  return numberWithin(byteSize(size, option), option, least, Number.MAX_SAFE_INTEGER);
}

function wholeWithin(value: number | false | undefined, option: string, least: number): number | undefined {
  if (typeof value === "number" && !Number.isInteger(value)) throw outside(option, value, "a whole number");
  return numberWithin(value, option, least, 2 ** 31 - 1);
}

function numberWithin(
  value: number | false | undefined,
  option: string,
  least: number,
  most: number,
): number | undefined {
  if (value === undefined || value === false) return undefined;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw outside(option, value, `a number from ${least} to ${most}`);
}

function outside(option: string, value: unknown, expected: string): PolyloomError {
  const message = `limits.${option} is ${String(value)}; it takes ${expected}.`;
  return new PolyloomError("container_options_invalid", message, { details: { option, value, expected } });
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
