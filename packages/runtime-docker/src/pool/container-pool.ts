import { join } from "node:path";
import { ContainerEngine, type LogRing } from "@polyloom/containers";
import { PolyloomError } from "@polyloom/wire";
import { loadingFlags, preloadedModules } from "../code/loading-flags.ts";
import { ProjectCode } from "../code/project-code.ts";
import type { ContainerPlan } from "../settings/container-plan.ts";
import { AGENT_MODULES } from "./agent-command.ts";
import type { Transport } from "./door.ts";
import { EndedLogs } from "./ended-logs.ts";
import { IdleContainers } from "./idle-containers.ts";
import { type PoolOptions, type PoolSettings, poolSettings } from "./pool-options.ts";
import { makeScratchFolder, removeScratchFolder } from "./scratch-folder.ts";
import type { ContainerSetup } from "./new-container.ts";
import { WarmContainer } from "./warm-container.ts";

interface OpenPool {
  readonly engine: ContainerEngine;
  readonly transport: Transport;
  readonly scratch: string;
  readonly code: ProjectCode;
}

/** The containers of this process on one engine: who is idle, and who waits for one. Runtimes may share it. */
export class ContainerPool implements AsyncDisposable {
  readonly settings: PoolSettings;
  readonly #flags: readonly string[] = loadingFlags();
  readonly #all: Set<WarmContainer> = new Set();
  readonly #idle: IdleContainers;
  readonly #waiting: Set<() => void> = new Set();
  readonly #ended: EndedLogs = new EndedLogs();
  /** How many mounts the code needs by now: containers with less have not all of it. */
  #mounts = 0;
  #starting = 0;
  #started = 0;
  #opened: Promise<OpenPool> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Takes the options of a pool; nothing is asked of an engine before the first use.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: PoolOptions = {}) {
    this.settings = poolSettings(options);
    this.#idle = new IdleContainers(this.settings);
  }

  /** How many containers it has started so far. */
  get started(): number {
    return this.#started;
  }

  /**
   * The engine; connects where that was not done, and removes what processes left that are gone.
   * @throws PolyloomError `engine_unavailable` and the like, or `runtime_closed`
   */
  async engine(): Promise<ContainerEngine> {
    return (await this.#open()).engine;
  }

  /** Makes sure that containers which are taken from now on have the code of these modules, and files by path. */
  async addCode(modules: readonly string[], files: readonly string[] = []): Promise<void> {
    const { code } = await this.#open();
    if (this.settings.code === "mount")
      await code.add([...AGENT_MODULES, ...preloadedModules(this.#flags), ...modules], files);
    this.#mounts = code.mounts().length;
  }

  /**
   * A container that is idle, or a new one; it has to be given back.
   * @throws the reason of the signal that is aborted meanwhile, and what {@link WarmContainer.start} throws
   */
  take(plan: ContainerPlan, signal: AbortSignal): WarmContainer | Promise<WarmContainer> {
    return this.#idle.take(plan) ?? this.#takeLater(plan, signal);
  }

  /** Gives a container back: it waits for the next call, unless it is to have no other. */
  giveBack(container: WarmContainer): void {
    container.onLate = undefined;
    if (this.#isOver(container)) return this.#end(container);
    if (container.plan.isolation === "fresh" && container.calls > 0) container.restart();
    if (container.state !== "idle") return void this.#keepWhenReady(container);
    this.#idle.add(container);
    this.#wake();
  }

  /** What containers wrote, by id or by the beginning of one: of those that there are, and of the last that ended. */
  logsOf(id: string): LogRing | undefined {
    for (const each of this.#all) if (each.id.startsWith(id)) return each.logs;
    return this.#ended.of(id);
  }

  /** Ends every container, and waits for that. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Containers that can work, or will: those on their way out make room already. */
  get #working(): number {
    let working = this.#starting;
    for (const { state } of this.#all) if (state !== "ending" && state !== "gone") working++;
    return working;
  }

  #end(container: WarmContainer): void {
    void container.end();
    this.#wake();
  }

  async #open(): Promise<OpenPool> {
    if (this.#closing !== undefined) throw new PolyloomError("runtime_closed", "the pool of containers is closed");
    this.#opened ??= this.#connect();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #connect(): Promise<OpenPool> {
    const { engine: host, transport, code } = this.settings;
    const engine = await ContainerEngine.connect(host === undefined ? {} : { host });
    if (code === "mount" && !engine.isLocal) throw cannotMount(engine);
    await engine.sweep();
    const scratch = makeScratchFolder();
    return {
      engine,
      scratch,
      transport: transport ?? (engine.isLocal && process.platform === "linux" ? "socket" : "stdio"),
      code: new ProjectCode(join(scratch, "code"), this.#flags),
    };
  }

  async #takeLater(plan: ContainerPlan, signal: AbortSignal): Promise<WarmContainer> {
    for (;;) {
      signal.throwIfAborted();
      const idle = this.#idle.take(plan);
      if (idle !== undefined) return idle;
      if (this.#working < this.settings.maxContainers) return await this.#startUnless(signal, plan);
      if (!this.#idle.endOldest()) await this.#change(signal);
    }
  }

  /** A container that is not wanted any more when it has started is there for others. */
  async #startUnless(signal: AbortSignal, plan: ContainerPlan): Promise<WarmContainer> {
    const started = this.#start(plan);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => {
      started.then((container) => this.giveBack(container)).catch(() => undefined);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([started, aborted]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #start(plan: ContainerPlan): Promise<WarmContainer> {
    this.#starting++;
    try {
      const container = await WarmContainer.start(plan, await this.#setup());
      this.#all.add(container);
      void container.gone.then(() => this.#forget(container));
      return container;
    } finally {
      this.#starting--;
      this.#wake();
    }
  }

  async #setup(): Promise<ContainerSetup> {
    const { engine, transport, scratch, code } = await this.#open();
    const { maxMessageBytes, unresponsiveMs } = this.settings;
    return {
      engine,
      transport,
      folder: join(scratch, `s${++this.#started}`),
      mounts: code.mounts(),
      workingDirectory: code.workingDirectory,
      flags: this.#flags,
      maxMessageBytes,
      unresponsiveMs,
    };
  }

  #isOver(container: WarmContainer): boolean {
    if (this.#closing !== undefined || container.state === "ending" || container.state === "gone") return true;
    return (
      (container.plan.isolation === "container" && container.calls > 0) || container.mounts.length !== this.#mounts
    );
  }

  async #keepWhenReady(container: WarmContainer): Promise<void> {
    try {
      await container.ready();
      this.#idle.add(container);
    } catch {
      // It is forgotten when it is gone.
    }
    this.#wake();
  }

  #forget(container: WarmContainer): void {
    this.#all.delete(container);
    this.#idle.remove(container);
    this.#ended.add(container.id, container.logs);
    this.#wake();
  }

  /** Waits until something is given back, or is gone. */
  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => reject(signal.reason as Error);
    this.#waiting.add(resolve);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      this.#waiting.delete(resolve);
      signal.removeEventListener("abort", leave);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  async #close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    if (opened === undefined) return;
    await Promise.all([...this.#all].map((container) => container.end()));
    await opened.engine.close();
    removeScratchFolder(opened.scratch);
  }
}

function cannotMount({ address }: ContainerEngine): PolyloomError {
  const message = `The engine at ${address.url} is on another host, which cannot mount this project's code. Put the project into the image, at the same path, and set code to "image".`;
  return new PolyloomError("invalid_option", message, { details: { option: "code" } });
}
