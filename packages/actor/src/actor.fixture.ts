import { encodeFrame, FrameParser } from "@polyloom/wire";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { ActorOptions } from "./options.ts";
import { type ActorServer, serveActor } from "./serve/actor-server.ts";

/** The module of the test handlers, as the handler option names it. */
export const HANDLERS = join(import.meta.dirname, "handlers.fixture.ts");

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "actor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// A thread whose modules are in a cache needs no WebAssembly to strip their types: it starts in a third of the time, and
// ending many such threads does not meet a flaw of V8 that ends the process.
const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/threads");

/** Serves a function of `handlers.fixture.ts` until the test is over. */
export async function testActor(name = "process", options: Partial<ActorOptions> = {}): Promise<ActorServer> {
  const socketPath = join(await temporaryFolder(), "app.sock");
  vi.stubEnv("NODE_COMPILE_CACHE", CACHE);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await serveActor({
    handler: `${HANDLERS}:${name}`,
    socketPath,
    readTimeoutMs: 2000,
    shutdownMs: 1000,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** A client that knows frames and nothing else. */
export class RawClient {
  readonly socket: Socket;
  readonly #parser = new FrameParser();
  readonly #replies: string[] = [];
  #wake: () => void = () => {};
  #isOver = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.#replies.push(...this.#parser.push(chunk).map((body) => Buffer.from(body).toString()));
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Connects until the test is over. */
  static async connect({ socketPath }: Pick<ActorServer, "socketPath">): Promise<RawClient> {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    const client = new RawClient(socket);
    socket.on("end", () => socket.end());
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once("connect", resolve));
    return client;
  }

  write(...bytes: number[]): void {
    this.socket.write(Uint8Array.from(bytes));
  }

  /** Writes a frame: bytes as they are, text as UTF-8, anything else as JSON. */
  send(message: unknown): void {
    this.socket.write(frame(message));
  }

  /** The next reply; undefined once the connection is over. */
  async reply(): Promise<unknown> {
    while (this.#replies.length === 0) {
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return JSON.parse(this.#replies.shift()!) as unknown;
  }

  call(message: unknown): Promise<unknown> {
    this.send(message);
    return this.reply();
  }
}

/** A frame as bytes. */
export function frame(message: unknown): Uint8Array {
  if (message instanceof Uint8Array) return encodeFrame(message);
  return encodeFrame(Buffer.from(typeof message === "string" ? message : JSON.stringify(message)));
}

/** What a handler's result looks like to its caller. */
export function ok(result: unknown): unknown {
  return { status: "ok", result };
}
