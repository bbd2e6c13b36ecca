import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { ContainerEngine } from "./engine/container-engine.ts";

/** An engine that a test may kill: of its own, in a network namespace of its own. */
export interface SecondEngine extends AsyncDisposable {
  readonly host: string;
  connect(): Promise<ContainerEngine>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Why no second engine can be had here; undefined where it can. */
export function noSecondEngine(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can start a second engine";
  try {
    execFileSync("dockerd", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no dockerd here to start a second time";
  }
}

/** Starts a second engine, with its data in a folder that goes with it. */
export async function startSecondEngine(): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), "polyloom-dockerd-"));
  const host = `unix://${folder}/engine.sock`;
  const connect = (): Promise<ContainerEngine> => ContainerEngine.connect({ host });
  let daemon: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const log = openSync(join(folder, "log"), "w");
    daemon = spawn("unshare", ["--net", "--mount", "dockerd", ...flagsOf(folder, host)], {
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    await untilAnswering(connect, daemon, join(folder, "log"));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
    daemon.kill(signal);
    await once(daemon, "exit");
    await endAllOf(folder);
  };
  await start();
  const dispose = async (): Promise<void> => {
    await end("SIGTERM");
    unmountBelow(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  return { host, connect, kill: () => end("SIGKILL"), start, [Symbol.asyncDispose]: dispose };
}

function flagsOf(folder: string, host: string): string[] {
  const paths = [`--data-root=${folder}/data`, `--exec-root=${folder}/exec`, `--pidfile=${folder}/engine.pid`];
  return [`--host=${host}`, ...paths, "--iptables=false", "--ip6tables=false", "--bridge=none"];
}

/** An engine that was killed left its mounts, the later ones over the earlier ones. */
function unmountBelow(folder: string): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  const below = mounts.filter((path) => path.startsWith(`${folder}/`)).reverse();
  for (const path of below) execFileSync("umount", ["--lazy", path]);
}

/**
 * Its containerd and shims. An engine that starts again would take a zombie for its containerd, and wait for it in
 * vain: so it is not to know its number.
 */
async function endAllOf(folder: string): Promise<void> {
  await rm(join(folder, "exec/containerd/containerd.pid"), { force: true });
  const left = processesOf(folder);
  for (const pid of left) process.kill(pid, "SIGKILL");
  for (let tries = 0; tries < 500 && processesOf(folder).length > 0; tries++) await setTimeout(20);
}

/** By their command lines, which a zombie has no more. */
function processesOf(folder: string): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}

async function untilAnswering(
  connect: () => Promise<ContainerEngine>,
  daemon: ChildProcess,
  log: string,
): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (daemon.exitCode !== null) throw new Error(`dockerd exited: ${lastWords(log)}`);
    const engine = await connect().catch(() => undefined);
    if (engine) return;
    await setTimeout(100);
  }
  throw new Error(`dockerd does not answer: ${lastWords(log)}`);
}

function lastWords(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-8).join("\n");
}
