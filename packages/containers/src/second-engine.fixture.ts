import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
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
    daemon = spawn("unshare", ["--net", "dockerd", ...flagsOf(folder, host)], { stdio: "ignore" });
    await untilAnswering(connect, daemon);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
    daemon.kill(signal);
    await once(daemon, "exit");
    await endContainerd(join(folder, "exec/containerd/containerd.pid"));
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

/** It follows its engine, sooner or later, and the next engine would wait for it in vain. */
async function endContainerd(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, "utf8").trim() : "";
  if (!runs(pid)) return;
  process.kill(Number(pid), "SIGKILL");
  for (let tries = 0; tries < 500 && runs(pid); tries++) await setTimeout(20);
  await rm(pidFile, { force: true });
}

/** A zombie, whom its new parent has not looked at yet, runs no more. */
function runs(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function untilAnswering(connect: () => Promise<ContainerEngine>, daemon: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (daemon.exitCode !== null) throw new Error(`dockerd exited with code ${daemon.exitCode}`);
    const engine = await connect().catch(() => undefined);
    if (engine) return;
    await setTimeout(100);
  }
  throw new Error("dockerd does not answer");
}
