import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { defineNode, type NodeDefinition } from "@polyloom/core";
import { z } from "zod";

const nothing = z.object({});
const text = z.object({ text: z.string() });

function hostile(name: string, run: () => unknown): NodeDefinition<Record<string, never>, { text: string }> {
  return defineNode({
    name,
    module: import.meta.url,
    input: nothing,
    output: text,
    run: async () => ({ text: String(await run()) }),
  }) as never;
}

/** What a call throws, by its code. */
function codeOf(call: () => unknown): string {
  try {
    return `no error: ${String(call())}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code ?? error);
  }
}

/** Starts processes, of which each starts more. */
export const forkBomb = hostile("forkBomb", async () => {
  const codes = new Set<string>();
  for (let started = 0; started < 300; started++) {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
    const code = await new Promise<string>((resolve) => {
      child.once("spawn", () => resolve("started"));
      child.once("error", (error) => resolve(String((error as NodeJS.ErrnoException).code)));
    });
    codes.add(code);
    if (code !== "started") break;
  }
  return [...codes].join(" ");
});

/** Takes heap until there is no more. */
export const fillHeap = hostile("fillHeap", () => {
  const held: number[][] = [];
  for (;;) held.push(Array.from({ length: 10_000 }, Math.random));
});

/** Takes buffers until there is no more. */
export const fillBuffers = hostile("fillBuffers", () => {
  const held: Buffer[] = [];
  for (;;) held.push(Buffer.alloc(2 ** 24, 1));
});

/** Computes for ever. */
export const spin = hostile("spin", () => {
  for (;;);
});

/** Keeps its thread by promises, for ever. */
export const microtasks = hostile("microtasks", async () => {
  for (;;) await undefined;
});

/** Writes to standard output for ever. */
export const flood = hostile("flood", () => {
  const line = "x".repeat(2 ** 14);
  for (;;) codeOf(() => writeSync(2, line));
});

/** Prints two lines, the way that nodes do. */
export const printLines = hostile("printLines", () => {
  console.log("to standard output");
  console.error("to standard error");
  return "printed";
});

/** Tries to write to the root, and to where its code is. */
export const writeToRoot = hostile("writeToRoot", () =>
  ["/written", "/etc/passwd", new URL("written.ts", import.meta.url)]
    .map((path) => codeOf(() => writeFileSync(path, "here")))
    .join(" "),
);

/** What of the host can be seen: processes, and what lies beside its own module. */
export const lookAround = hostile("lookAround", () => {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const names = processes.map((id) => readFileSync(`/proc/${id}/comm`, "utf8").trim());
  const beside = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".test.ts"));
  const engine = codeOf(() => readdirSync("/var/run"));
  return JSON.stringify({
    names: [...new Set(names)].sort(),
    beside,
    engine,
    variables: Object.keys(process.env).sort(),
  });
});

/** Tries to reach a service of the host, and a name. */
export const reachOut = hostile("reachOut", async () => {
  const tried = ["172.17.0.1", "example.com"].map(
    (host) =>
      new Promise<string>((resolve) => {
        const socket = connect({ host, port: 80, timeout: 5_000 });
        socket.on("connect", () => resolve("connected"));
        socket.on("timeout", () => resolve("timeout"));
        socket.on("error", (error) => resolve(String((error as NodeJS.ErrnoException).code)));
      }),
  );
  return (await Promise.all(tried)).join(" ");
});

/** Ends its thread. */
export const exit = hostile("exit", () => process.exit(3));

/** Ends its container from within, by the first process in it. */
export const killFirst = hostile("killFirst", async () => {
  process.kill(1, "SIGTERM");
  await new Promise(() => undefined);
});

/** Ends the process of its agent. */
export const killSelf = hostile("killSelf", async () => {
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
});

/** Tries to put a link in the place of the socket. */
export const replaceSocket = hostile("replaceSocket", () =>
  codeOf(() => execFileSync("ln", ["-sf", "/var/run/docker.sock", "/polyloom/s"])) === "ENOENT"
    ? codeOf(() => writeFileSync("/polyloom/other", ""))
    : "there is a shell",
);

/** Speaks on the line of its worker, and lies about a length. */
export const lieAboutLength = hostile("lieAboutLength", async () => {
  const frame = Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
  for (let descriptor = 3; descriptor < 64; descriptor++) {
    try {
      if (isSocket(descriptor)) writeSync(descriptor, frame);
    } catch {
      // Not one of those.
    }
  }
  await new Promise(() => undefined);
});

/** Says on the line of its worker what is no message. */
export const talkNonsense = hostile("talkNonsense", async () => {
  for (let descriptor = 3; descriptor < 64; descriptor++) {
    try {
      if (isSocket(descriptor)) writeSync(descriptor, Buffer.from([0, 0, 0, 2, 7, 7]));
    } catch {
      // Not one of those.
    }
  }
  await new Promise(() => undefined);
});

function isSocket(descriptor: number): boolean {
  const links = readdirSync("/proc/self/fd");
  return links.includes(String(descriptor));
}

/** Opens many connections to the host's socket, and says nothing there, or what nobody expects. */
export const knock = hostile("knock", async () => {
  const ends = Array.from(
    { length: 20 },
    (_, at) =>
      new Promise<string>((resolve) => {
        const socket = connect("/polyloom/s");
        socket.on("connect", () => at % 2 === 0 && socket.write(Buffer.from([0, 0, 0, 1, 9])));
        socket.on("close", () => resolve("closed"));
        socket.on("error", () => resolve("closed"));
      }),
  );
  return [...new Set(await Promise.all(ends))].join(" ");
});

/** Gives a list within a list, deep down, that holds itself. */
export const giveDeep = defineNode({
  name: "giveDeep",
  input: nothing,
  output: z.object({ list: z.array(z.unknown()) }),
  run: () => {
    const list: unknown[] = [];
    list.push(list);
    let deep: unknown[] = list;
    for (let level = 0; level < 1_000; level++) deep = [deep];
    return { list: deep };
  },
});

/** Gives many bytes. */
export const giveBytes = defineNode({
  name: "giveBytes",
  input: z.object({ bytes: z.number() }),
  output: z.object({ length: z.number(), bytes: z.instanceof(Uint8Array) }),
  run: ({ bytes }) => ({ length: bytes, bytes: new Uint8Array(bytes) }),
});

/** Says that it runs, and goes on until it is aborted. */
export const waitForAbort = defineNode({
  name: "waitForAbort",
  input: nothing,
  output: nothing,
  run: (_input, { signal, progress }) => {
    progress(0);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  },
});
