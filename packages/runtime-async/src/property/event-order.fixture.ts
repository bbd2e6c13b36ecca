import type { RunEvent } from "@polyloom/core";
import type { Flow } from "./description.fixture.ts";
import { type Leaf, leavesOf } from "./leaf-wiring.fixture.ts";

type OnNode = Extract<RunEvent, { type: `node.${string}` }>;

/** What is wrong with the order of a run's events (O1, S1, S5, C1); nothing if it is legal. */
export function illegalities(events: readonly RunEvent[], flow: Flow, maxConcurrency: number): string[] {
  const order = new EventOrder(leavesOf(flow), maxConcurrency);
  for (const [index, event] of events.entries()) order.see(event, index);
  order.end(events.at(-1));
  return order.problems;
}

/** What happened to one node so far. */
interface Life {
  isRunning: boolean;
  isWaiting: boolean;
  /** Numbers of the events that ended its activations. */
  readonly ends: number[];
}

/** What happened to one cycle so far. */
interface Round {
  /** Completed iterations since it started last. */
  iterations: number;
  /** Number of the event after which its present iteration began. */
  since: number;
  lastEnd: number;
}

class EventOrder {
  readonly problems: string[] = [];
  readonly #leaves: ReadonlyMap<string, Leaf>;
  readonly #maxConcurrency: number;
  readonly #lives: Map<string, Life>;
  readonly #rounds: Map<string, Round>;
  #time = -Infinity;
  #isOver = false;

  constructor(leaves: ReadonlyMap<string, Leaf>, maxConcurrency: number) {
    this.#leaves = leaves;
    this.#maxConcurrency = maxConcurrency;
    this.#lives = new Map([...leaves.keys()].map((id) => [id, { isRunning: false, isWaiting: false, ends: [] }]));
    const names = new Set([...leaves.values()].flatMap(({ cycles }) => cycles));
    this.#rounds = new Map([...names].map((name) => [name, { iterations: 0, since: -1, lastEnd: -1 }]));
  }

  see(event: RunEvent, index: number): void {
    this.#require(event.seq === index + 1, `event ${index} has number ${event.seq}`);
    this.#require(event.time >= this.#time, `time goes back at ${event.seq}`);
    this.#require(!this.#isOver, `${event.type} after run.ended`);
    this.#require((event.type === "run.started") === (index === 0), `${event.type} at ${index}`);
    this.#time = event.time;
    if (event.type === "run.ended") this.#isOver = true;
    else if (event.type === "cycle.iteration") this.#iteration(event, index);
    else if (event.type === "cycle.ended") this.#cycleEnded(event, index);
    else if (event.type === "validation.issue")
      this.problems.push(`a validation issue at ${event.nodeId}.${event.port}`);
    else if (event.type !== "run.started") this.#node(event, index);
  }

  end(last: RunEvent | undefined): void {
    this.#require(this.#isOver, "no run.ended");
    for (const [id, { isRunning, ends }] of this.#lives) {
      this.#require(!isRunning, `${id} never ended`);
      const isFree = this.#leaves.get(id)!.cycles.length === 0;
      const wanted = last?.type === "run.ended" && last.status === "completed";
      if (isFree && wanted) this.#require(ends.length === 1, `${id} ended ${ends.length} times`);
    }
  }

  #node(event: OnNode, index: number): void {
    const life = this.#lives.get(event.nodeId);
    if (life === undefined) return void this.problems.push(`${event.type} of ${event.nodeId}, which does not run`);
    if (event.type === "node.started") return this.#started(event, life, index);
    const isLegal = event.type === "node.skipped" ? !life.isRunning : life.isRunning;
    this.#require(isLegal, `${event.type} of ${event.nodeId} at ${event.seq}`);
    if (event.type === "node.retrying") life.isWaiting = true;
    if (event.type === "node.progress" || event.type === "node.log" || event.type === "node.retrying") return;
    life.isRunning = false;
    life.isWaiting = false;
    life.ends.push(index);
  }

  #started(event: OnNode, life: Life, index: number): void {
    const leaf = this.#leaves.get(event.nodeId)!;
    this.#require(!life.isRunning, `${leaf.id} started twice`);
    life.isRunning = true;
    const innermost = leaf.cycles.at(-1);
    const iteration = innermost === undefined ? 0 : this.#rounds.get(innermost)!.iterations + 1;
    this.#require(
      event.iteration === iteration,
      `${leaf.id} started in iteration ${event.iteration}, not ${iteration}`,
    );
    const since = innermost === undefined ? -1 : this.#rounds.get(innermost)!.since;
    this.#require(
      life.ends.every((at) => at <= since),
      `${leaf.id} started again in the same iteration`,
    );
    for (const source of leaf.sources) this.#settled(leaf, this.#leaves.get(source)!, index);
    this.#countRunning();
  }

  /** A source has ended in the present iteration of the innermost cycle around both, and so has the cycle around it alone. */
  #settled(leaf: Leaf, source: Leaf, index: number): void {
    const common = leaf.cycles.filter((name, i) => source.cycles[i] === name);
    const since = common.length === 0 ? -1 : this.#rounds.get(common.at(-1)!)!.since;
    const { isRunning, ends } = this.#lives.get(source.id)!;
    const outer = source.cycles[common.length];
    // A body that is skipped as a whole has its end in that of its cycle.
    const hasEnded = outer === undefined ? ends.some((at) => at > since) : this.#rounds.get(outer)!.lastEnd > since;
    this.#require(hasEnded && !isRunning, `${leaf.id} started at ${index} before ${outer ?? source.id} was settled`);
  }

  #countRunning(): void {
    const running = [...this.#lives].filter(
      ([id, { isRunning, isWaiting }]) => isRunning && !isWaiting && !this.#leaves.get(id)!.isMap,
    );
    this.#require(running.length <= this.#maxConcurrency, `${running.length} nodes at once`);
  }

  #iteration({ cycle, iteration, seq }: Extract<RunEvent, { type: "cycle.iteration" }>, index: number): void {
    const round = this.#rounds.get(cycle)!;
    round.iterations++;
    this.#require(iteration === round.iterations, `cycle ${cycle} tells iteration ${iteration} at ${seq}`);
    for (const { id, cycles } of this.#leaves.values()) {
      const { isRunning, ends } = this.#lives.get(id)!;
      if (!cycles.includes(cycle)) continue;
      this.#require(!isRunning, `cycle ${cycle} tells iteration ${iteration} while ${id} runs`);
      const times = ends.filter((at) => at > round.since).length;
      if (cycles.at(-1) === cycle) this.#require(times === 1, `${id} ended ${times} times in iteration ${iteration}`);
    }
    round.since = index;
    this.#renewWithin(cycle, index);
  }

  #cycleEnded(
    { cycle, iterations, converged, reason }: Extract<RunEvent, { type: "cycle.ended" }>,
    index: number,
  ): void {
    const round = this.#rounds.get(cycle)!;
    this.#require(
      iterations === round.iterations,
      `cycle ${cycle} ended after ${round.iterations} iterations, not ${iterations}`,
    );
    this.#require(converged === (reason === "converged"), `cycle ${cycle}: converged ${converged}, reason ${reason}`);
    Object.assign(round, { iterations: 0, since: index, lastEnd: index });
    this.#renewWithin(cycle, index);
  }

  /** What happened in cycles inside belongs to the iteration that is over. */
  #renewWithin(cycle: string, index: number): void {
    for (const { cycles } of this.#leaves.values())
      if (cycles.includes(cycle))
        for (const name of cycles.slice(cycles.indexOf(cycle) + 1)) this.#rounds.get(name)!.since = index;
  }

  #require(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}
