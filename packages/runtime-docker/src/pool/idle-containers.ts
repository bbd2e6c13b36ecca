import type { ContainerPlan } from "../settings/container-plan.ts";
import type { PoolSettings } from "./pool-options.ts";
import type { WarmContainer } from "./warm-container.ts";

/** Containers that wait for a call, each for a while. */
export class IdleContainers {
  readonly #settings: Pick<PoolSettings, "warmContainers" | "idleTimeoutMs">;
  /** The last is the next: what ran lately is warm. */
  readonly #timers: Map<WarmContainer, NodeJS.Timeout | undefined> = new Map();

  /** `warmContainers` of them stay for `idleTimeoutMs`, in milliseconds, and others hardly at all. */
  constructor(settings: Pick<PoolSettings, "warmContainers" | "idleTimeoutMs">) {
    this.#settings = settings;
  }

  add(container: WarmContainer): void {
    const { warmContainers, idleTimeoutMs } = this.#settings;
    const ms = this.#timers.size < warmContainers ? idleTimeoutMs : 0;
    this.#timers.set(container, ms === Infinity ? undefined : setTimeout(() => this.#end(container), ms));
  }

  /** One for calls of that plan, which is idle no longer. */
  take({ key }: ContainerPlan): WarmContainer | undefined {
    for (const each of [...this.#timers.keys()].reverse()) {
      if (each.plan.key !== key || each.state !== "idle") continue;
      this.remove(each);
      return each;
    }
    return undefined;
  }

  /** Makes room for another one; says whether there was one to end. */
  endOldest(): boolean {
    const [oldest] = this.#timers.keys();
    if (oldest !== undefined) this.#end(oldest);
    return oldest !== undefined;
  }

  remove(container: WarmContainer): void {
    clearTimeout(this.#timers.get(container));
    this.#timers.delete(container);
  }

  #end(container: WarmContainer): void {
    this.remove(container);
    void container.end();
  }
}
