import type { ContainerEnd, ContainerEngine, ContainerSpec, EngineContainer, LogRing } from "@polyloom/containers";
import type { About, End, Order, Report } from "@polyloom/core/place";
import {
  decode,
  deserializeError,
  encode,
  type ErrorCode,
  type NodeReference,
  PolyloomError,
  serializeError,
} from "@polyloom/wire";
import type { Line } from "../line/frame-line.ts";
import {
  type AgentSettings,
  type Command,
  type Message,
  type Notice,
  SETTINGS_VARIABLE,
  type Word,
} from "../line/message.ts";
import { agentCommand } from "./agent-command.ts";
import type { ContainerPlan } from "../settings/container-plan.ts";
import { type ContainerState, mayFollow } from "./container-state.ts";
import { type Door, newToken, SocketDoor, StdioDoor, type Transport } from "./door.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Work } from "./work.ts";

/** Told of what a node left behind threw. */
export type OnLate = (error: unknown, about: About | undefined) => void;

/** What every container of a pool is made with. */
export interface ContainerSetup {
  readonly engine: ContainerEngine;
  readonly transport: Transport;
  /** Where its socket is to be, which is made and removed. */
  readonly folder: string;
  readonly mounts: ContainerPlan["mounts"];
  readonly workingDirectory: string | undefined;
  readonly flags: readonly string[];
  readonly maxMessageBytes: number;
  readonly unresponsiveMs: number;
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** What is asked of a container, less the number that is put on it. */
export type Request = WithoutId<Exclude<Message, { kind: "abort" }>>;

/** How long a container has for its first words. */
const START_MS = 60_000;
/** How long to wait for the rest, once one of its lines is closed. */
const LAST_WORDS_MS = 1_000;
const SHORT_ID = 12;

/** A container that stays for many calls, one at a time: its agent, and the worker in which nodes run. */
export class WarmContainer {
  readonly plan: ContainerPlan;
  /** Settles once it is gone, whatever came of it. */
  readonly gone: Promise<ContainerEnd>;
  /** Calls that it had: nodes ran in it. */
  calls = 0;
  onLate: OnLate | undefined;
  readonly #setup: ContainerSetup;
  readonly #container: EngineContainer;
  readonly #door: Door;
  readonly #heartbeat: Heartbeat;
  #state: ContainerState = "starting";
  #control: Line | undefined;
  #worker: Line | undefined;
  #workerToken: string;
  #ready = Promise.withResolvers<void>();
  #work: Work | undefined;
  #lastId = 0;
  #outputBytes = 0;
  /** Whether the worker's line is one of its own, and open: what it said last may still be on its way. */
  #hasOwnLine = false;
  #death: WorkerEnded | undefined;
  #lastWords: NodeJS.Timeout | undefined;
  /** Why this process ended it, where it did. */
  #reason: PolyloomError | undefined;

  /**
   * Makes a container and waits until it can work.
   * @throws PolyloomError what the engine refuses, or how the container ended before it was ready
   */
  static async start(plan: ContainerPlan, setup: ContainerSetup): Promise<WarmContainer> {
    const { transport, folder, maxMessageBytes } = setup;
    const door =
      transport === "socket" ? await SocketDoor.open(folder, maxMessageBytes) : new StdioDoor(maxMessageBytes);
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

  /** Made by {@link WarmContainer.start}. */
  private constructor(
    plan: ContainerPlan,
    setup: ContainerSetup,
    container: EngineContainer,
    door: Door,
    tokens: Tokens,
  ) {
    this.plan = plan;
    this.#setup = setup;
    this.#container = container;
    this.#door = door;
    this.#heartbeat = new Heartbeat(setup.unresponsiveMs, {
      ping: () => this.#command({ kind: "ping" }),
      silent: () => this.#giveUp("container_unresponsive", `did not answer for ${setup.unresponsiveMs} ms`),
    });
    this.gone = container.ended.then((end) => this.#ended(end));
    this.#workerToken = tokens.worker;
    door.expect(tokens.agent, (line) => this.#takeControl(line));
    door.expect(tokens.worker, (line) => this.#takeWorker(line));
  }

  get id(): string {
    return this.#container.id;
  }

  /** As it is shown to people. */
  get where(): string {
    return `container ${this.id.slice(0, SHORT_ID)}`;
  }

  get logs(): LogRing {
    return this.#container.logs;
  }

  /** What it has mounted of the project. */
  get mounts(): ContainerPlan["mounts"] {
    return this.#setup.mounts;
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Waits until it can work, which it does once it was started or restarted; throws how it ended instead. */
  async ready(withinMs: number = this.#setup.unresponsiveMs): Promise<void> {
    const timer = setTimeout(() => this.#giveUp("container_unresponsive", "did not get ready in time"), withinMs);
    try {
      await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Imports the modules of nodes; gives the first that cannot be found as a refusal. */
  find(nodes: readonly NodeReference[]): Promise<End> {
    return this.#send({ kind: "find", nodes }).end;
  }

  /** Makes one attempt at a node; throws how the container ended, or why it was interrupted. */
  run(order: Order, onReport: (report: Report) => void): Promise<End> {
    this.calls++;
    return this.#send({ kind: "run", order }, onReport).end;
  }

  /** Asks the node that runs to stop. */
  abort(reason: unknown): void {
    if (this.#work === undefined) return;
    this.#say({ kind: "abort", id: this.#work.id, reason: serializeError(reason) });
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
    this.#heartbeat.stop();
    clearTimeout(this.#lastWords);
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => undefined);
    this.#worker?.close();
    this.#worker = undefined;
    this.#workerToken = newToken();
    this.#door.expect(this.#workerToken, (line) => this.#takeWorker(line));
    this.#command({ kind: "start", token: this.#workerToken });
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

  #send(request: Request, onReport?: (report: Report) => void): Work {
    const work = new Work(++this.#lastId, onReport);
    this.#enter("busy");
    this.#outputBytes = 0;
    this.#work = work;
    try {
      this.#say({ ...request, id: work.id });
      this.#heartbeat.start();
    } catch (error) {
      this.#enter("idle");
      this.#work = undefined;
      work.fail(error as PolyloomError);
    }
    return work;
  }

  #say(message: Message): void {
    this.#worker?.send(encode(message, { maxBytes: this.#setup.maxMessageBytes }));
  }

  #command(command: Command): void {
    this.#control?.send(encode(command));
  }

  #takeControl(line: Line): void {
    this.#control = line;
    line.listen(
      (body) => this.#guarded(() => this.#notice(decode(body) as Notice)),
      (error) => this.#closed(error),
    );
    this.#settleStart();
  }

  #takeWorker(line: Line): void {
    this.#worker = line;
    this.#hasOwnLine = this.#setup.transport === "socket";
    this.#death = undefined;
    line.listen(
      (body) => this.#guarded(() => this.#hear(decode(body) as Word)),
      (error) => {
        if (this.#worker === line) this.#workerClosed(error);
      },
    );
    this.#settleStart();
  }

  #settleStart(): void {
    if (this.#control === undefined || this.#worker === undefined) return;
    if (this.#state !== "starting" && this.#state !== "restarting") return;
    this.#enter("idle");
    this.#ready.resolve();
  }

  #notice(notice: Notice): void {
    switch (notice.kind) {
      case "pong":
        return this.#heartbeat.heard();
      case "ended":
        return this.#workerEnded(notice);
      default:
        throw new TypeError("an unknown word");
    }
  }

  #hear(word: Word): void {
    switch (word.kind) {
      case "report":
        if (word.id === this.#work?.id) this.#work.report(word.report);
        return;
      case "end":
        if (word.id === this.#work?.id) this.#finish(word.end);
        return;
      case "late":
        return this.onLate?.(deserializeError(word.error), word.about);
      default:
        throw new TypeError("an unknown word");
    }
  }

  /** A container can say anything: what makes no sense ends it, and harms nobody here. */
  #guarded(hear: () => void): void {
    try {
      hear();
    } catch (cause) {
      this.#giveUp("container_failed", "said what nobody understands", cause);
    }
  }

  #finish(end: End): void {
    const work = this.#work!;
    this.#work = undefined;
    this.#heartbeat.stop();
    this.#enter("idle");
    work.settle(end);
  }

  #workerClosed(error: Error | undefined): void {
    this.#hasOwnLine = false;
    if (error === undefined && this.#death !== undefined) this.#workerEnded(this.#death);
    else this.#closed(error);
  }

  /** The thread is gone, and with it all that nodes left there; the container is of further use. */
  #workerEnded(death: WorkerEnded): void {
    const { token, exitCode, error } = death;
    if (token !== this.#workerToken || this.#state === "ending") return;
    if (this.#hasOwnLine) return void (this.#death = death);
    const thrown = error === undefined ? undefined : deserializeError(error);
    const reason = isOutOfHeap(thrown)
      ? this.#error("out_of_memory", `filled its JavaScript heap (memory ${this.plan.memory ?? "not limited"})`, thrown)
      : this.#error("place_lost", workerEndText(exitCode, thrown), thrown, { exitCode });
    if (this.#state === "starting" || this.#state === "restarting") this.#kill(reason);
    else this.interrupt(reason);
  }

  /** One line is closed: the agent's last word, or the end of the container, says more. */
  #closed(error: Error | undefined): void {
    if (error !== undefined) return this.#giveUp("container_failed", "broke the rules of its line", error);
    if (this.#state === "restarting" || this.#state === "ending" || this.#state === "gone") return;
    clearTimeout(this.#lastWords);
    this.#lastWords = setTimeout(() => this.#giveUp("container_failed", "closed its line, and went on"), LAST_WORDS_MS);
  }

  #giveUp(code: ErrorCode, text: string, cause?: unknown): void {
    this.#kill(this.#error(code, text, cause));
  }

  #kill(reason: PolyloomError): void {
    this.#reason ??= reason;
    this.#enter("ending");
    void this.#container.kill();
  }

  #ended(end: ContainerEnd): ContainerEnd {
    const reason =
      this.#reason ?? this.#container.errorOf(end) ?? this.#error("place_lost", "ended before its node did");
    this.#enter("ending");
    this.#enter("gone");
    this.#heartbeat.stop();
    clearTimeout(this.#lastWords);
    this.#door.close();
    this.#ready.promise.catch(() => undefined);
    this.#ready.reject(reason);
    this.#work?.fail(reason);
    this.#work = undefined;
    return end;
  }

  #enter(state: ContainerState): void {
    if (mayFollow(this.#state, state)) this.#state = state;
  }

  #error(code: ErrorCode, text: string, cause?: unknown, more: object = {}): PolyloomError {
    const logs = this.logs.lastLines(20);
    const tail = logs.trim() === "" ? "" : `\nIts last lines:\n${logs}`;
    const details = { containerId: this.id, image: this.plan.image, limits: this.plan.toldLimits, logs, ...more };
    const message = `The ${this.where} of ${this.plan.image} ${text}.${tail}`;
    return new PolyloomError(code, message, { details, ...(cause !== undefined && { cause }) });
  }
}

type WorkerEnded = Extract<Notice, { kind: "ended" }>;

interface Tokens {
  readonly agent: string;
  readonly worker: string;
}

function containerSpec(plan: ContainerPlan, setup: ContainerSetup, door: Door, tokens: Tokens): ContainerSpec {
  const settings: AgentSettings = {
    token: tokens.agent,
    worker: tokens.worker,
    maxBytes: setup.maxMessageBytes,
    ...(door.socket !== undefined && { socket: door.socket }),
    ...(plan.heapMegabytes !== undefined && { heapMegabytes: plan.heapMegabytes }),
  };
  return {
    ...agentCommand(setup.flags),
    image: plan.image,
    env: { ...plan.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    role: "warm",
    limits: { ...plan.limits, outputBytes: false },
    profile: plan.profile,
    mounts: [...setup.mounts, ...plan.mounts, ...door.mounts],
    ...(setup.workingDirectory !== undefined && { workingDirectory: setup.workingDirectory }),
    ...(setup.transport === "stdio" && { stdin: true, stdout: "stream" }),
  };
}

function isOutOfHeap(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function workerEndText(exitCode: number, error: unknown): string {
  if (error !== undefined) return `lost its worker: ${error instanceof Error ? error.message : String(error)}`;
  return `lost its worker, which ended with code ${exitCode}; a node must not call process.exit`;
}
