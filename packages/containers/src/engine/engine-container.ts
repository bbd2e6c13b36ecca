import { once } from "node:events";
import type { Duplex, Readable, Writable } from "node:stream";
import { PassThrough } from "node:stream";

import { type ErrorCode, hasCode, type PolyloomError } from "@polyloom/wire";
import type { Container } from "dockerode";

import type { ResolvedLimits } from "../security/limits.ts";
import { portKey } from "../security/secure-defaults.ts";
import { type ContainerEnd, type EndReason, endError, type EndSigns, endVerdict } from "./container-end.ts";
import { type ContainerSpec, toldLimits } from "./container-spec.ts";
import type { ContainerEvent, EventFeed } from "./event-feed.ts";
import { LogRing } from "./log-ring.ts";
import { OutputDemultiplexer, type OutputStream } from "./output-demultiplexer.ts";

/** What a container needs of its engine. */
export interface ContainerHost {
  readonly feed: EventFeed;
  /** Makes one request, and throws what fails as a coded error. */
  readonly request: <T>(
    doing: string,
    send: () => Promise<T>,
    codes?: Readonly<Record<number, ErrorCode>>,
  ) => Promise<T>;
  readonly isAlive: () => Promise<boolean>;
}

/** What is made by {@link ContainerEngine.create}. */
export interface ContainerParts {
  readonly handle: Container;
  readonly spec: ContainerSpec;
  readonly limits: ResolvedLimits;
  readonly host: ContainerHost;
  /** Called once when nothing of the container is left. */
  readonly release: () => void;
}

const START_CODES = {
  400: "container_start_failed",
  404: "container_start_failed",
  500: "container_start_failed",
} as const;
const CONFLICT = 409;
const FLUSH_MS = 500;
const REMOVAL_MS = 10_000;
const PROBE_MS = 1_000;
const LOG_LINES = 20;

/** One container, created and not yet started; it removes itself when it ends. */
export class EngineContainer implements AsyncDisposable {
  readonly id: string;
  readonly image: string;
  readonly limits: ResolvedLimits;
  /** Settles when the container has ended, in whatever way, and all of its output is here; never rejects. */
  readonly ended: Promise<ContainerEnd>;
  /** What it has logged so far. */
  readonly logs: LogRing = new LogRing();
  /** Its stdout, where the spec asked for it as a stream. */
  readonly stdout: Readable = new PassThrough();

  readonly #parts: ContainerParts;
  readonly #stderr = new LogRing({ headBytes: 0, tailBytes: 16 * 1024 });
  readonly #settle: (end: ContainerEnd) => void;
  readonly #died = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #unwatch: () => void;
  #attached: Duplex | undefined;
  #flushed: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #removalAsked: Promise<void> = Promise.resolve();
  #started = false;
  #done = false;
  #signs: Omit<EndSigns, "stderr"> = {
    reason: undefined,
    engineLost: false,
    oom: false,
    exitCode: undefined,
    killEvent: false,
    removal: false,
  };

  constructor(parts: ContainerParts) {
    this.#parts = parts;
    this.id = parts.handle.id;
    this.image = parts.spec.image;
    this.limits = parts.limits;
    const { promise, resolve } = Promise.withResolvers<ContainerEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#unwatch = parts.host.feed.watch(this.id, (event) => this.#notice(event));
    void this.#conclude();
  }

  /** Notes what it wrote, as if it had come by `log`: for a reader of `stdout` that tells lines from messages. */
  log(stream: OutputStream, chunk: Uint8Array): void {
    const most = this.limits.outputBytes;
    if (most !== undefined && this.logs.totalBytes + chunk.length > most) return void this.#endHere("output-limit");
    this.logs.push(chunk);
    if (stream === "stderr") this.#stderr.push(chunk);
    this.#parts.spec.onLog?.(stream, chunk);
  }

  /** Its stdin, where the spec opened it; throws until the container was started. */
  get stdin(): Writable {
    if (!this.#attached) throw new TypeError("The container was not started.");
    return this.#attached;
  }

  /** Starts it, with its output attached before; throws container_start_failed, and then nothing of it is left. */
  async start(): Promise<void> {
    const { handle, host, spec } = this.#parts;
    try {
      await host.request("attach to a container", () => this.#attach());
      await host.request(`start a container of ${spec.image}`, () => handle.start(), START_CODES);
    } catch (error) {
      await this.discard();
      throw error;
    }
    this.#started = true;
    const { timeoutMs } = this.limits;
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => void this.#endHere("timeout"), timeoutMs);
  }

  /** The port of the host that a port of the container is mapped to. */
  async hostPort(containerPort: number): Promise<number> {
    const { handle, host } = this.#parts;
    const facts = await host.request("look at a container", () => handle.inspect());
    return Number(facts.NetworkSettings.Ports[portKey(containerPort)]?.[0]?.HostPort);
  }

  /** Ends it at once. */
  async kill(reason: EndReason = "stopped"): Promise<void> {
    await this.#endHere(reason);
  }

  /** Asks it to end with SIGTERM, and kills it after the grace period, in seconds. */
  async stop(graceSeconds: number = 5): Promise<ContainerEnd> {
    this.#signs = { ...this.#signs, reason: this.#signs.reason ?? "stopped" };
    await this.#quietly(() => this.#parts.handle.stop({ t: graceSeconds }));
    return this.#started ? await this.ended : await this.discard();
  }

  /** Removes it in whatever state it is; does nothing a second time. */
  async discard(): Promise<ContainerEnd> {
    if (!this.#done) {
      this.#signs = { ...this.#signs, reason: this.#signs.reason ?? "stopped" };
      const refusal = await this.#quietly(() => this.#parts.handle.remove({ force: true, v: true }));
      this.#died.resolve();
      // Where the engine is about to remove it already, the feed tells when it has.
      if (refusal !== CONFLICT) this.#gone.resolve();
    }
    return await this.ended;
  }

  /** Lets go of it: it runs on by itself, and `ended` never settles. */
  detach(): void {
    this.#done = true;
    clearTimeout(this.#timer);
    this.#attached?.destroy();
    this.#unwatch();
    this.#parts.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard();
  }

  /** An end as an error with this container's id, limits and last lines; undefined for a good end. */
  errorOf(end: ContainerEnd): PolyloomError | undefined {
    const context = { containerId: this.id, image: this.image, limits: toldLimits(this.limits) };
    return endError(end, { ...context, logs: this.logs.lastLines(LOG_LINES) });
  }

  async #attach(): Promise<void> {
    const stdin = this.#parts.spec.stdin ?? false;
    const options = { stream: true, stdin, stdout: true, stderr: true, hijack: true };
    const attached = (await this.#parts.handle.attach(options)) as Duplex;
    const output = new OutputDemultiplexer((stream, chunk) => this.#take(stream, chunk));
    this.#attached = attached;
    // A connection that breaks says nothing about the container; its end is told by the feed.
    attached.on("error", () => output.end());
    output.on("error", () => attached.destroy());
    this.#flushed = once(output, "close").finally(() => (this.stdout as PassThrough).end());
    attached.pipe(output);
    attached.once("close", () => void this.#probe());
  }

  #take(stream: OutputStream, chunk: Buffer): Promise<void> | void {
    if (stream === "stdout" && this.#parts.spec.stdout === "stream") return this.#forward(chunk);
    this.log(stream, chunk);
  }

  async #forward(chunk: Buffer): Promise<void> {
    const stdout = this.stdout as PassThrough;
    if (!stdout.write(chunk)) await Promise.race([once(stdout, "drain"), once(stdout, "close")]);
  }

  #notice(event: ContainerEvent): void {
    switch (event.kind) {
      case "oom":
        this.#signs = { ...this.#signs, oom: true };
        break;
      case "kill":
        this.#signs = { ...this.#signs, killEvent: true };
        if (this.#signs.reason === undefined) this.#removalAsked = this.#askForRemoval();
        break;
      case "die":
        this.#signs = { ...this.#signs, exitCode: event.exitCode };
        this.#died.resolve();
        break;
      case "destroy":
        this.#died.resolve();
        this.#gone.resolve();
        break;
      case "lost":
        this.#gone.resolve();
        void this.#probe();
        break;
      default:
        event satisfies never;
    }
  }

  /**
   * Whether somebody removes the container, for which the engine kills it first: a removal that spares what runs is
   * refused in other words then.
   */
  async #askForRemoval(): Promise<void> {
    try {
      await this.#parts.host.request("look for a removal", () => this.#parts.handle.remove());
    } catch (error) {
      const removal = /removal .*in progress/.test((error as Error).message) && this.#signs.exitCode === undefined;
      if (removal) this.#signs = { ...this.#signs, removal };
    }
  }

  /** Asks the engine what became of a container whose connection is gone, until that is known. */
  async #probe(): Promise<void> {
    while (!this.#done) {
      await settledWithin(this.#died.promise, FLUSH_MS);
      if (this.#signs.exitCode !== undefined || this.#done) return;
      if (!(await this.#isRunning())) return this.#died.resolve();
      await settledWithin(this.#died.promise, PROBE_MS);
    }
  }

  async #isRunning(): Promise<boolean> {
    const { handle, host } = this.#parts;
    try {
      const { State: state } = await host.request("look at a container", () => handle.inspect());
      if (state.Running || !this.#started) return true;
      this.#signs = { ...this.#signs, exitCode: state.ExitCode, oom: this.#signs.oom || state.OOMKilled };
    } catch {
      if (!(await host.isAlive())) this.#signs = { ...this.#signs, engineLost: true };
    }
    return false;
  }

  async #endHere(reason: EndReason): Promise<void> {
    if (this.#done || this.#signs.exitCode !== undefined) return;
    this.#signs = { ...this.#signs, reason: this.#signs.reason ?? reason };
    await this.#quietly(() => this.#parts.handle.kill());
  }

  /** For requests about what may be gone already, or with the engine; gives the status of a refusal. */
  async #quietly(send: () => Promise<unknown>): Promise<unknown> {
    try {
      await this.#parts.host.request("end a container", send);
    } catch (error) {
      if (hasCode(error, "engine_refused")) return error.details["statusCode"];
      this.#signs = { ...this.#signs, engineLost: true };
      this.#died.resolve();
    }
    return undefined;
  }

  async #conclude(): Promise<void> {
    await this.#died.promise;
    clearTimeout(this.#timer);
    // The rest of the output, and the word of a lack of memory, may come a moment after the end itself.
    if (!this.#signs.engineLost) {
      const told = Promise.all([this.#flushed, this.#removalAsked]);
      await Promise.all([settledWithin(told, FLUSH_MS), settledWithin(this.#gone.promise, REMOVAL_MS)]);
    }
    this.#done = true;
    this.#attached?.destroy();
    this.#unwatch();
    this.#parts.release();
    this.#settle(endVerdict({ ...this.#signs, stderr: this.#stderr.toString() }));
  }
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const settle = (): void => resolve();
  await Promise.race([promise.then(settle, settle), late]);
  clearTimeout(timer);
}
