import type { ContainerEnd, EngineContainer, LogRing } from "@polyloom/containers";
import type { About, End, Order, Report } from "@polyloom/core/place";
import { deserializeError, type ErrorCode, type NodeReference, PolyloomError, serializeError } from "@polyloom/wire";
import type { Message, Word } from "../line/message.ts";
import type { ContainerPlan } from "../settings/container-plan.ts";
import { AgentLink, type Tokens, type WorkerEnd } from "./agent-link.ts";
import { type ContainerState, mayFollow } from "./container-state.ts";
import { type Door, newToken } from "./door.ts";
import { type ContainerSetup, containerSpec, openDoor } from "./new-container.ts";
import { Work } from "./work.ts";

/** Told of what a node left behind threw. */
export type OnLate = (error: unknown, about: About | undefined) => void;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** What is asked of a container, less the number that is put on it. */
type Request = WithoutId<Exclude<Message, { kind: "abort" }>>;

/** How long a container has for its first words, in milliseconds. */
const START_MS = 60_000;
const SHORT_ID = 12;
const LOG_LINES = 20;

/** A container that stays for many calls, one at a time: its agent, and the worker in which nodes run. */
export class WarmContainer {
  readonly plan: ContainerPlan;
  /** What it has mounted of the project. */
  readonly mounts: ContainerPlan["mounts"];
  /** Settles once it is gone, whatever came of it. */
  readonly gone: Promise<ContainerEnd>;
  /** As it is shown to people. */
  readonly where: string;
  /** Calls that it had: nodes ran in it. */
  calls = 0;
  onLate: OnLate | undefined;
  readonly #container: EngineContainer;
  readonly #link: AgentLink;
  readonly #unresponsiveMs: number;
  #state: ContainerState = "starting";
  #ready = Promise.withResolvers<void>();
  #work: Work | undefined;
  #lastId = 0;
  #outputBytes = 0;
  /** Why this process ended it, where it did. */
  #reason: PolyloomError | undefined;

  /**
   * Makes a container and waits until it can work.
   * @throws PolyloomError what the engine refuses, or how the container ended before it was ready
   */
  static async start(plan: ContainerPlan, setup: ContainerSetup): Promise<WarmContainer> {
    const door = await openDoor(setup);
    const tokens: Tokens = { agent: newToken(), worker: newToken() };
    const made: { warm?: WarmContainer } = {};
    try {
      const spec = containerSpec(plan, setup, door, tokens);
      const onLog = (_stream: string, chunk: Uint8Array): void => made.warm?.wrote(chunk.byteLength);
      const container = await setup.engine.create({ ...spec, onLog });
      made.warm = new WarmContainer(plan, setup, container, door, tokens);
      await container.start();
      door.open(container);
      await made.warm.ready(START_MS);
      return made.warm;
    } catch (error) {
      door.close();
      throw error;
    }
  }

  private constructor(
    plan: ContainerPlan,
    setup: ContainerSetup,
    container: EngineContainer,
    door: Door,
    tokens: Tokens,
  ) {
    this.plan = plan;
    this.mounts = setup.mounts;
    this.where = `container ${container.id.slice(0, SHORT_ID)}`;
    this.#container = container;
    this.#unresponsiveMs = setup.unresponsiveMs;
    const listener = {
      ready: () => this.#isReady(),
      heard: (word: Word) => this.#hear(word),
      workerEnded: (end: WorkerEnd) => this.#workerEnded(end),
      failed: (code: ErrorCode, text: string, cause?: unknown) => this.#giveUp(code, text, cause),
    };
    const limits = { maxBytes: setup.maxMessageBytes, unresponsiveMs: setup.unresponsiveMs };
    this.#link = new AgentLink(door, tokens, listener, limits);
    this.gone = container.ended.then((end) => this.#ended(end));
    this.#ready.promise.catch(() => undefined);
  }

  get id(): string {
    return this.#container.id;
  }

  get logs(): LogRing {
    return this.#container.logs;
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Waits until it can work, which it does once it was started or restarted; throws how it ended instead. */
  async ready(withinMs: number = this.#unresponsiveMs): Promise<void> {
    const timer = setTimeout(() => this.#giveUp("container_unresponsive", "did not get ready in time"), withinMs);
    try {
      await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Imports the modules of nodes; gives the first that cannot be found as a refusal. */
  find(nodes: readonly NodeReference[]): Promise<End> {
    return this.#send({ kind: "find", nodes });
  }

  /** Makes one attempt at a node; throws how the container ended, or why it was interrupted. */
  run(order: Order, onReport: (report: Report) => void): Promise<End> {
    this.calls++;
    return this.#send({ kind: "run", order }, onReport);
  }

  /** Asks the node that runs to stop. */
  abort(reason: unknown): void {
    if (this.#work !== undefined) this.#link.send({ kind: "abort", id: this.#work.id, reason: serializeError(reason) });
  }

  /** Ends what runs by force, with its whole thread; what was called fails with the reason. */
  interrupt(reason: PolyloomError): void {
    this.#work?.fail(reason);
    this.#work = undefined;
    this.restart();
  }

  /** Puts a new worker in the place of the one that there is. */
  restart(): void {
    if (this.#state !== "idle" && this.#state !== "busy") return;
    this.#enter("restarting");
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => undefined);
    this.#link.rest();
    this.#link.replaceWorker();
  }

  /** Ends it, and waits for that. */
  async end(): Promise<void> {
    this.#enter("ending");
    await this.#container.discard();
    await this.gone;
  }

  /** Counts what it writes, and ends it where that is too much for one call. */
  wrote(bytes: number): void {
    this.#outputBytes += bytes;
    const limit = this.plan.outputBytes;
    if (limit === undefined || this.#outputBytes <= limit || this.#reason !== undefined) return;
    this.#giveUp("output_limit_exceeded", `wrote more than ${limit} bytes, and was killed`);
  }

  #send(request: Request, onReport?: (report: Report) => void): Promise<End> {
    const work = new Work(++this.#lastId, onReport);
    this.#link.send({ ...request, id: work.id });
    this.#enter("busy");
    this.#outputBytes = 0;
    this.#work = work;
    this.#link.watch();
    return work.end;
  }

  #isReady(): void {
    if (this.#state !== "starting" && this.#state !== "restarting") return;
    this.#enter("idle");
    this.#ready.resolve();
  }

  #hear(word: Word): void {
    if (word.kind === "late") return this.onLate?.(deserializeError(word.error), word.about);
    const work = this.#work;
    if (word.id !== work?.id) return;
    if (word.kind === "report") return work.report(word.report);
    this.#work = undefined;
    this.#link.rest();
    this.#enter("idle");
    work.settle(word.end);
  }

  /** The thread is gone, and with it all that nodes left there; the container is of further use. */
  #workerEnded({ exitCode, error }: WorkerEnd): void {
    const thrown = error === undefined ? undefined : (deserializeError(error) as Error);
    const reason = isOutOfHeap(thrown)
      ? this.#error("out_of_memory", `filled its JavaScript heap (memory ${this.plan.memory ?? "not limited"})`, thrown)
      : this.#error("place_lost", workerEndText(exitCode, thrown), thrown, { exitCode });
    if (this.#state === "starting" || this.#state === "restarting") this.#kill(reason);
    else this.interrupt(reason);
  }

  #giveUp(code: ErrorCode, text: string, cause?: unknown): void {
    if (this.#state !== "ending" && this.#state !== "gone") this.#kill(this.#error(code, text, cause));
  }

  #kill(reason: PolyloomError): void {
    this.#reason ??= reason;
    this.#enter("ending");
    void this.#container.kill();
  }

  #ended(end: ContainerEnd): ContainerEnd {
    const told = this.#reason ?? this.#container.errorOf(end);
    const reason = told ?? this.#error("place_lost", "ended before its node did");
    this.#enter("ending");
    this.#enter("gone");
    this.#link.close();
    this.#ready.reject(reason);
    this.#work?.fail(reason);
    this.#work = undefined;
    return end;
  }

  #enter(state: ContainerState): void {
    if (mayFollow(this.#state, state)) this.#state = state;
  }

  #error(code: ErrorCode, text: string, cause?: unknown, more: object = {}): PolyloomError {
    const logs = this.logs.lastLines(LOG_LINES);
    const tail = logs.trim() === "" ? "" : `\nIts last lines:\n${logs}`;
    const details = { containerId: this.id, image: this.plan.image, limits: this.plan.toldLimits, logs, ...more };
    const message = `The ${this.where} of ${this.plan.image} ${text}.${tail}`;
    return new PolyloomError(code, message, { details, ...(cause !== undefined && { cause }) });
  }
}

function isOutOfHeap(error: Error | undefined): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function workerEndText(exitCode: number, error: Error | undefined): string {
  if (error !== undefined) return `lost its worker: ${error.message}`;
  return `lost its worker, which ended with code ${exitCode}; a node must not call process.exit`;
}
