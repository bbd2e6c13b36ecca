import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The label that names the process to which a container belongs. */
export const OWNER_LABEL = "polyloom.owner";

/** The label that says what a container or an image is for, such as `run`, `serve`, `warm`, `deployed`. */
export const ROLE_LABEL = "polyloom.role";

/** The label that names the function of a container or an image. */
export const FUNCTION_LABEL = "polyloom.function";

/** This process as a label's value: host, boot, process namespace, process id and start time. */
export function ownerOf(pid: number = process.pid): string {
  return [hostIdentity(), pid, startTime(pid) ?? "0"].join(":");
}

/** Whether an owner is of this host and boot, and its process is gone; false for all that cannot be known. */
export function isGone(owner: string): boolean {
  const match = /^(.*):(\d+):(\d+)$/s.exec(owner);
  if (!match || match[1] !== hostIdentity()) return false;
  return startTime(Number(match[2])) !== match[3];
}

let identity: string | undefined;

// A process id means nothing on another host, after another boot, or in another namespace.
function hostIdentity(): string {
  identity ??= [hostname(), readOr("/proc/sys/kernel/random/boot_id"), namespace()].join(":");
  return identity;
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}

/** When a process started, in clock ticks since boot; the 22nd field, counted behind the name in brackets. */
function startTime(pid: number): string | undefined {
  const stat = readOr(`/proc/${pid}/stat`);
  if (stat !== "") return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return process.platform === "linux" || !isRunning(pid) ? undefined : "0";
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
