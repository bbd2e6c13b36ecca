import { ensureImage, offlineBaseImage } from "@polyloom/containers";
import type { NodeDefinition } from "@polyloom/core";
import { orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import {
  BaseRuntime,
  type Capabilities,
  invoke,
  type Outcome,
  type Plan,
  placeFailed,
  SEQUENTIAL,
  type Step,
  type Task,
} from "@polyloom/core/runtime";
import { deserializeError, hasCode, PolyloomError } from "@polyloom/wire";
import { type DockerOptions, dockerOptions, type DockerRuntimeOptions, OWN_OPTIONS } from "./docker-options.ts";
import { ContainerPool } from "./pool/container-pool.ts";
import { type OnLate, WarmContainer } from "./pool/warm-container.ts";
import { type ContainerPlan, containerPlan, mergeSettings } from "./settings/container-plan.ts";
import { type DockerSettings, settingsOf } from "./settings/docker-settings.ts";

/** Where a node of a workflow runs. */
interface Placement {
  readonly plan: ContainerPlan;
  /** Longest time of one call, in milliseconds. */
  readonly timeoutMs: number | undefined;
}

/** Runs each node in a container that is warm, or in one of its own. */
export class DockerRuntime extends BaseRuntime {
  readonly name = "docker";
  readonly capabilities: Capabilities;
  readonly #docker: DockerOptions;
  readonly #pool: ContainerPool;
  readonly #ownsPool: boolean;
  readonly #images: Map<string, Promise<string>> = new Map();
  readonly #plans: Map<string, ContainerPlan> = new Map();
  readonly #placements: WeakMap<NodeDefinition, Map<string, Placement>> = new WeakMap();
  /** Nodes, by reference, that containers of a plan found. */
  readonly #found: Set<string> = new Set();
  readonly #running: Map<Task, WarmContainer> = new Map();

  /**
   * Takes the options of every runtime, and those of its containers; no engine is asked before the first run.
   * @throws PolyloomError `invalid_option`, `container_options_invalid`
   */
  constructor(options: DockerRuntimeOptions = {}) {
    super(options, OWN_OPTIONS);
    this.#docker = dockerOptions(options);
    this.#pool = options.pool ?? new ContainerPool(options);
    this.#ownsPool = options.pool === undefined;
    const { maxContainers, maxMessageBytes } = this.#pool.settings;
    this.capabilities = Object.freeze({
      ...SEQUENTIAL,
      place: "container",
      maxConcurrency: maxContainers,
      isolates: this.#docker.isolate === "all",
      preempts: true,
      maxMessageBytes,
    });
  }

  /**
   * What a container wrote to standard output and error: its beginning and its end, where that is much. By the id that
   * an error has in `details.containerId`, or the beginning of it; of the last twenty that ended, and all that run.
   */
  getContainerLogs(id: string): string | undefined {
    return this.#pool.logsOf(id)?.toString();
  }

  protected override async start(): Promise<void> {
    await this.#pool.engine();
  }

  protected override async stop(): Promise<void> {
    if (this.#ownsPool) await this.#pool.close();
  }

  /** Finds every node that is new, so that one which cannot be found is refused before any node starts (D5). */
  protected override async prepare(plan: Plan, signal: AbortSignal): Promise<void> {
    const steps = plan.steps.filter((step) => this.#goesToContainer(step));
    const modules = steps.map(({ id, definition }) => requireReference(id, definition!).module);
    await this.#pool.addCode(modules, this.#docker.files);
    try {
      for (const [containers, nodes] of await this.#place(steps)) await this.#find(containers, nodes, signal);
    } catch (error) {
      // What is not wanted any more the run itself will tell.
      if (!signal.aborted) throw error;
    }
  }

  protected runTask(task: Task, signal: AbortSignal): Outcome | Promise<Outcome> {
    const placement = this.#placements.get(task.node)?.get(task.nodeId);
    return placement === undefined ? invoke(task) : this.#runElsewhere(task, placement, signal);
  }

  protected override preempt(task: Task): void {
    const reason = new PolyloomError("cancelled", "its worker was ended, since nobody waited for it");
    this.#running.get(task)?.interrupt(reason);
  }

  async #runElsewhere(task: Task, { plan, timeoutMs }: Placement, signal: AbortSignal): Promise<Outcome> {
    let container: WarmContainer | undefined;
    try {
      const free = this.#pool.take(plan, signal);
      container = free instanceof WarmContainer ? free : await free;
      return await this.#runIn(container, task, timeoutMs, signal);
    } catch (error) {
      const where = container?.where;
      return { ...placeFailed(error), ...(where !== undefined && { where }) };
    } finally {
      if (container !== undefined) this.#pool.giveBack(container);
    }
  }

  async #runIn(
    container: WarmContainer,
    task: Task,
    timeoutMs: number | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const abort = (): void => container.abort(signal.reason);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => interruptLate(container, timeoutMs), timeoutMs);
    this.#running.set(task, container);
    container.onLate = this.#onLate;
    try {
      const order = orderFor(task, task.node.reference!);
      signal.throwIfAborted();
      const end = container.run(order, (report) => takeReport(report, task));
      signal.addEventListener("abort", abort);
      return { ...takeEnd(await end, task), where: container.where };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      this.#running.delete(task);
    }
  }

  /** Where each step goes is settled before a run. */
  async #place(steps: readonly Step[]): Promise<Map<ContainerPlan, NodeDefinition[]>> {
    const unknown = new Map<ContainerPlan, NodeDefinition[]>();
    for (const { id, definition } of steps) {
      const { plan } = await this.#placement(id, definition!);
      if (this.#found.has(keyOf(plan, definition!))) continue;
      unknown.set(plan, [...(unknown.get(plan) ?? []), definition!]);
    }
    return unknown;
  }

  async #placement(id: string, node: NodeDefinition): Promise<Placement> {
    const byId = this.#placements.get(node) ?? new Map<string, Placement>();
    this.#placements.set(node, byId);
    const known = byId.get(id);
    if (known !== undefined) return known;
    const settings = this.#settingsFor(id, node)!;
    const placement = { plan: await this.#planFor(settings), timeoutMs: settings.timeoutMs };
    byId.set(id, placement);
    return placement;
  }

  async #find(plan: ContainerPlan, nodes: readonly NodeDefinition[], signal: AbortSignal): Promise<void> {
    const container = await this.#pool.take(plan, signal);
    const stop = (): void => container.interrupt(new PolyloomError("cancelled", "the run was stopped"));
    signal.addEventListener("abort", stop);
    try {
      const end = await container.find(nodes.map(({ reference }) => reference!));
      if (end.kind !== "completed") throw deserializeError(end.error);
      for (const node of nodes) this.#found.add(keyOf(plan, node));
    } finally {
      signal.removeEventListener("abort", stop);
      this.#pool.giveBack(container);
    }
  }

  #goesToContainer({ id, definition }: Step): boolean {
    if (definition === undefined || definition.inline === true) return false;
    return this.#settingsFor(id, definition) !== undefined;
  }

  /** What the container of a node is to be; none for one that stays here. */
  #settingsFor(id: string, node: NodeDefinition): DockerSettings | undefined {
    const { settings, nodes, isolate } = this.#docker;
    const [own, named] = [settingsOf(node), nodes.get(id)];
    if (isolate === "declared" && own === undefined && named === undefined) return undefined;
    return mergeSettings(mergeSettings(settings, own), named);
  }

  async #planFor(settings: DockerSettings): Promise<ContainerPlan> {
    const image = await this.#image(settings.image ?? this.#docker.baseImage);
    const plan = containerPlan(image, settings);
    const known = this.#plans.get(plan.key) ?? plan;
    this.#plans.set(plan.key, known);
    return known;
  }

  /** An image that the engine has; looked for once by each runtime. */
  #image(name: string | undefined): Promise<string> {
    const known = this.#images.get(name ?? "");
    if (known !== undefined) return known;
    const image = name === undefined ? this.#defaultImage() : this.#ensure(name);
    this.#images.set(name ?? "", image);
    image.catch(() => this.#images.delete(name ?? ""));
    return image;
  }

  async #ensure(name: string): Promise<string> {
    await ensureImage(await this.#pool.engine(), name, this.#docker.pullPolicy);
    return name;
  }

  async #defaultImage(): Promise<string> {
    try {
      return await offlineBaseImage(await this.#pool.engine());
    } catch (error) {
      if (!hasCode(error, "image_base_unsuitable")) throw error;
      return this.#ensure(`node:${process.versions.node.split(".")[0]}-slim`);
    }
  }

  /** Tells what a node left behind threw: it fails no run. */
  readonly #onLate: OnLate = (error, about) => {
    const whose = about === undefined ? "a node" : `node "${about.nodeId}"`;
    const late = new PolyloomError("late_error", `${whose} left code behind that threw: ${String(error)}`, {
      cause: error,
      details: { ...about },
    });
    if (this.options.logger === undefined) process.emitWarning(late.message, { code: late.code });
    else this.options.logger.error({ err: late, runId: about?.runId, nodeId: about?.nodeId }, late.message);
  };
}

function interruptLate(container: WarmContainer, timeoutMs: number): void {
  const message = `The call took longer than ${timeoutMs} ms in its ${container.where}, and was ended.`;
  const details = { containerId: container.id, timeoutMs };
  container.interrupt(new PolyloomError("container_timeout", message, { details }));
}

function keyOf({ key }: ContainerPlan, { reference }: NodeDefinition): string {
  return JSON.stringify([key, reference!.module, reference!.name]);
}

function requireReference(id: string, { name, reference }: NodeDefinition): NonNullable<NodeDefinition["reference"]> {
  if (reference !== undefined) return reference;
  const message = `The node "${name}" ("${id}") cannot be found again in a container: no module shows on the stack of its definition. Define it at the top level of a module, or pass module: import.meta.url.`;
  throw new PolyloomError("node_not_portable", message, { details: { node: name, reason: "no-module" } });
}
