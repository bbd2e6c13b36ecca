import { readFileSync, readSync } from "node:fs";
import { registerHooks } from "node:module";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";

import {
  assertTransferable,
  collectNodes,
  decode,
  encode,
  encodeFrame,
  FrameParser,
  serializeError,
} from "@polyloom/wire";

import {
  CAPTURED_KEY,
  FUNCTION_FILE,
  type FunctionRegistry,
  type Job,
  JOB_FILE,
  type Message,
  REGISTRY_KEY,
  RUNNER_FOLDER,
} from "./job.ts";

// The program of every image: takes a job from stdin, or from the image, runs it, and says what came of it.

type AnyFunction = (...args: unknown[]) => unknown;

const write = process.stdout.write.bind(process.stdout) as (bytes: Uint8Array, done: () => void) => boolean;
const fromImage = process.argv[2] === "image";
const MOST_BYTES = 2 ** 30;

process.setSourceMapsEnabled(true);
await main(fromImage ? (decode(readFileSync(JOB_FILE)) as Job) : readJob());

async function main(job: Job): Promise<void> {
  watch(job);
  const fn = await findFunction(job);
  if (fn === undefined) return;
  try {
    const value = await fn(...job.args);
    assertTransferable(value, "the result");
    await report(job, { kind: "result", value });
  } catch (error) {
    if (fromImage) throw error;
    await say(job, { kind: "error", error: serializeError(error) });
    process.exit(0);
  }
}

/** Reads with a blocking call: nothing else is to be done before the job is here. */
function readJob(): Job {
  const parser = new FrameParser({ maxBytes: MOST_BYTES });
  const chunk = Buffer.allocUnsafe(64 * 1024);
  for (;;) {
    const size = readChunk(chunk);
    if (size === 0) process.exit(1);
    const [body] = parser.push(chunk.subarray(0, size));
    if (body) return decode(body) as Job;
  }
}

function readChunk(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** Another thread sees the end of stdin, and the port, also while the function keeps this one busy. */
function watch(job: Job): void {
  if (fromImage) return;
  const { port } = job;
  const watchdog = new Worker(`${RUNNER_FOLDER}/watchdog.mjs`, { workerData: { port }, stdin: false });
  watchdog.on("message", (kind: "ready" | "loopback") => void say(job, { kind }));
  watchdog.unref();
}

async function findFunction(job: Job): Promise<AnyFunction | undefined> {
  const registry = createRegistry();
  const halted = new Promise<"halted">((resolve) => (registry.halt = () => resolve("halted")));
  Object.assign(globalThis, { [Symbol.for(CAPTURED_KEY)]: job.captured });
  try {
    const evaluated = await Promise.race([evaluate(job), halted]);
    const found = pick(job, evaluated, registry);
    if (found !== undefined) return found;
    await say(job, { kind: "missing", names: [...registry.functions.keys()], halted: evaluated === "halted" });
  } catch (error) {
    const names = [...registry.functions.keys()];
    await say(job, { kind: "missing", names, halted: false, thrown: serializeError((error as Error).cause ?? error) });
  }
  process.exit(fromImage ? 1 : 0);
}

function createRegistry(): FunctionRegistry {
  const registry: FunctionRegistry = { functions: new Map(), halt: () => {} };
  Object.assign(globalThis, { [Symbol.for(REGISTRY_KEY)]: registry });
  return registry;
}

/** Imports the bundle as other places import modules with nodes: a workflow that starts meanwhile is refused. */
async function evaluate(job: Job): Promise<Readonly<Record<string, unknown>>> {
  const url = `file://${FUNCTION_FILE}`;
  if (job.code !== undefined) serveModule(url, job.code);
  let namespace: Readonly<Record<string, unknown>> = {};
  await collectNodes(url, async () => {
    namespace = (await import(url)) as typeof namespace;
  });
  return namespace;
}

// The root is read-only and `/tmp` far from the packages: the module is there without a file.
function serveModule(url: string, source: string): void {
  registerHooks({
    resolve: (specifier, context, next) => (specifier === url ? { url, shortCircuit: true } : next(specifier, context)),
    load: (loaded, context, next) =>
      loaded === url ? { format: "module", source, shortCircuit: true } : next(loaded, context),
  });
}

function pick(
  { pick }: Job,
  evaluated: Readonly<Record<string, unknown>> | "halted",
  registry: FunctionRegistry,
): AnyFunction | undefined {
  if (pick.kind === "registered") {
    const found = registry.functions.get(pick.name) ?? [];
    return found.length === 1 ? found[0] : undefined;
  }
  const value = evaluated === "halted" ? undefined : evaluated[pick.name];
  if (typeof value === "function") return value as AnyFunction;
  const { fn } = (value ?? {}) as { fn?: unknown };
  return typeof fn === "function" ? (fn as AnyFunction) : undefined;
}

async function report(job: Job, message: Extract<Message, { kind: "result" }>): Promise<void> {
  if (!fromImage) {
    await say(job, message);
    process.exit(0);
  }
  // By itself an image prints what came out; one that listens goes on.
  if (message.value !== undefined)
    process.stdout.write(`${shown(message.value)}
`);
  if (job.port === undefined) process.exit(0);
}

async function say(job: Job, message: Message): Promise<void> {
  if (fromImage) return tell(message);
  const { promise, resolve } = Promise.withResolvers<void>();
  write(Buffer.concat([Buffer.from(job.token), encodeFrame(encode(message))]), resolve);
  await promise;
}

function tell(message: Message): void {
  if (message.kind !== "missing") return;
  process.stderr.write(`The function was not found in this image. ${inspect(message.thrown ?? "")}\n`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: Infinity });
}
