import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interleave } from "../interleave.ts";
import { printSamples, type Sample } from "../sample.ts";
import { eachBody } from "./actor-frames.ts";

const CALLERS = 16;
const ROUNDS = { warmUp: 4, rounds: 15 };

const payload = { id: 12_345, text: "x".repeat(1000) };
const body = Buffer.from(JSON.stringify(payload));
const frame = Buffer.concat([Buffer.from([0, 0, body.length >> 8, body.length & 255]), body]);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "actor-bench-"));
const paths = { floor: join(folder, "echo.sock"), ours: join(folder, "app.sock") };
const env = { ASYA_PROCESS_MODULE: here("./actor-handler.ts"), ASYA_SOCKET_PATH: paths.ours };
const servers = [
  await start([here("./actor-echo.ts"), paths.floor]),
  await start([fileURLToPath(new URL("bin.js", import.meta.resolve("@polyloom/actor")))], env),
];

try {
  await expectEcho();
  printSamples(
    await measure("actor", { connections: 4, open: 64, calls: 20_000 }),
    await measure("actor-waiting", { connections: CALLERS, open: 1, calls: 10_000 }),
    await measureConnections("actor-connect", 2000),
    await measure("actor-alone", { connections: 1, open: 1, calls: 2000 }),
  );
} finally {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Starts a server in a process of its own, and waits until it says that it listens. */
async function start(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await once(child.stderr, "data");
  return child;
}

interface Load {
  readonly connections: number;
  /** Calls without a reply on each connection, at any time. */
  readonly open: number;
  readonly calls: number;
}

/** Microseconds a call under a load that never lets up. */
async function measure(row: string, { connections, open, calls }: Load): Promise<Sample> {
  const floor = await openAll(paths.floor, connections);
  const ours = await openAll(paths.ours, connections);
  const times = await interleave(ROUNDS, {
    floor: () => callAll(floor, open, calls),
    ours: () => callAll(ours, open, calls),
  });
  for (const socket of [...floor, ...ours]) socket.destroy();
  return sampleOf(row, times, calls);
}

/** Microseconds a call with a connection for each, as the sidecar of Asya calls. */
async function measureConnections(row: string, calls: number): Promise<Sample> {
  const times = await interleave(ROUNDS, {
    floor: () => connectAll(paths.floor, calls),
    ours: () => connectAll(paths.ours, calls),
  });
  return sampleOf(row, times, calls);
}

function sampleOf(row: string, times: { readonly floor: number; readonly ours: number }, calls: number): Sample {
  return { row, floor: (times.floor * 1000) / calls, ours: (times.ours * 1000) / calls };
}

function openAll(path: string, count: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, () => open(path)));
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

function callAll(sockets: readonly Socket[], open: number, calls: number): Promise<void> {
  return new Promise((resolve) => {
    let started = 0;
    let done = 0;
    for (const socket of sockets) {
      const next = (): unknown => started++ < calls && socket.write(frame);
      socket.removeAllListeners("data");
      socket.on(
        "data",
        eachBody(() => (++done === calls ? resolve() : next())),
      );
      for (let count = 0; count < open; count++) next();
    }
  });
}

async function connectAll(path: string, calls: number): Promise<void> {
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started++ < calls) {
      const socket = await open(path);
      await callAll([socket], 1, 1);
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Both answer with what they got; the actor says `ok` beside it. */
async function expectEcho(): Promise<void> {
  for (const path of Object.values(paths)) {
    const socket = await open(path);
    const reply = await new Promise<Buffer>((resolve) => {
      socket.on("data", eachBody(resolve));
      socket.write(frame);
    });
    socket.destroy();
    if (!reply.toString().includes(JSON.stringify(payload))) throw new Error(`${path} did not answer with its payload`);
  }
}
