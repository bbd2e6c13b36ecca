import { formatDuration } from "../report/duration.ts";
import { plainText, type Style } from "../report/terminal-text.ts";
import type { CycleIteration, NodeProgress, RunEnded, RunEvent, RunStarted } from "./event.ts";

/** One line of a view: a mark that may have a colour, and a text. */
export interface ViewLine {
  readonly mark: string;
  readonly style: Style;
  readonly text: string;
}

type NodeState = "running" | "done" | "skipped" | "failed" | "cancelled";

interface RunningNode {
  /** On the clock of the view, as are all times here. */
  readonly startedAt: number;
  progress: NodeProgress | undefined;
}

interface RunningCycle {
  /** When its first iteration was complete: what came before also counts its inputs. */
  readonly firstAt: number;
  last: CycleIteration;
}

const MOST_LINES = 10;

/** How far one run is, as far as its events tell. */
export class RunProgress {
  readonly workflow: string;
  readonly #nodes: number;
  readonly #startedAt: number;
  readonly #states: Map<string, NodeState> = new Map();
  readonly #counts: Record<NodeState, number> = { running: 0, done: 0, skipped: 0, failed: 0, cancelled: 0 };
  readonly #running: Map<string, RunningNode> = new Map();
  readonly #cycles: Map<string, RunningCycle> = new Map();

  /** A run that starts `now`. */
  constructor({ workflow, nodes }: RunStarted, now: number) {
    this.workflow = plainText(workflow);
    this.#nodes = nodes;
    this.#startedAt = now;
  }

  /** Takes note of an event. */
  note(event: RunEvent, now: number): void {
    switch (event.type) {
      case "node.started":
        this.#running.set(event.nodeId, { startedAt: now, progress: undefined });
        return this.#set(event.nodeId, "running");
      case "node.progress":
        return this.#progressed(event);
      case "node.completed":
        return this.#end(event.nodeId, "done");
      case "node.failed":
        return this.#end(event.nodeId, "failed");
      case "node.cancelled":
        return this.#end(event.nodeId, "cancelled");
      case "node.skipped":
        return this.#end(event.nodeId, "skipped");
      case "cycle.iteration":
        return this.#iterated(event, now);
      case "cycle.ended":
        return void this.#cycles.delete(event.cycle);
      default:
    }
  }

  /** The counters, in words. */
  get counters(): string {
    const { running, done, skipped, failed, cancelled } = this.#counts;
    const ended = Object.entries({ skipped, failed, cancelled }).flatMap(([name, count]) =>
      count > 0 ? [`, ${count} ${name}`] : [],
    );
    return `${done} done${ended.join("")}${running > 0 ? `, ${running} running` : ""} of ${this.#nodes}`;
  }

  /** The run in lines: itself, its running nodes and cycles, the oldest first. */
  lines(now: number): ViewLine[] {
    const head: ViewLine = {
      mark: "●",
      style: "blue",
      text: `${this.workflow} ${formatDuration(now - this.#startedAt)}: ${this.counters}`,
    };
    const cycles = [...this.#cycles].map(
      ([name, cycle]) => ({ mark: "  ↻", style: "cyan", text: `${plainText(name)} ${cycleText(cycle, now)}` }) as const,
    );
    const nodes = [...this.#running]
      .slice(0, MOST_LINES)
      .map(([id, node]) => ({ mark: "  ▸", style: "green", text: `${plainText(id)} ${nodeText(node, now)}` }) as const);
    const more = this.#running.size - nodes.length;
    const rest = more > 0 ? [{ mark: "  …", style: "dim", text: `${more} more` } as const] : [];
    return [head, ...cycles.slice(0, MOST_LINES), ...nodes, ...rest];
  }

  /** What stays of it after its end. */
  endLine({ status, durationMs, error }: RunEnded): ViewLine {
    const [mark, style] =
      status === "completed" ? (["✓", "green"] as const) : (["✗", status === "failed" ? "red" : "yellow"] as const);
    const why = error === undefined ? "" : `: ${error.code}`;
    return { mark, style, text: `${this.workflow} ${status} in ${formatDuration(durationMs)}: ${this.counters}${why}` };
  }

  #progressed(event: NodeProgress): void {
    const node = this.#running.get(event.nodeId);
    if (node !== undefined) node.progress = event;
  }

  #end(nodeId: string, state: NodeState): void {
    this.#running.delete(nodeId);
    this.#set(nodeId, state);
  }

  /** Counts nodes, not activations: in a cycle a node is done and runs again. */
  #set(nodeId: string, state: NodeState): void {
    const before = this.#states.get(nodeId);
    if (before !== undefined) this.#counts[before]--;
    this.#counts[state]++;
    this.#states.set(nodeId, state);
  }

  #iterated(event: CycleIteration, now: number): void {
    const known = this.#cycles.get(event.cycle);
    if (known !== undefined && event.iteration > known.last.iteration) known.last = event;
    else this.#cycles.set(event.cycle, { firstAt: now, last: event });
  }
}

function nodeText({ startedAt, progress }: RunningNode, now: number): string {
  const elapsedMs = now - startedAt;
  if (progress === undefined) return formatDuration(elapsedMs);
  const { done, total, message } = progress;
  const far = total === undefined ? String(done) : `${done} of ${total}${percent(done, total)}`;
  const left = total === undefined ? undefined : timeLeft(elapsedMs, done, total - done);
  const what = message === undefined || message === "" ? "" : `, ${plainText(message)}`;
  return `${far}, ${formatDuration(elapsedMs)}${left === undefined ? "" : `, about ${formatDuration(left)} left`}${what}`;
}

function cycleText({ firstAt, last: { iteration, maxIterations } }: RunningCycle, now: number): string {
  if (maxIterations === undefined) return `iteration ${iteration} done`;
  const left = timeLeft(now - firstAt, iteration - 1, maxIterations - iteration);
  return `iteration ${iteration} of ${maxIterations} done${left === undefined ? "" : `, at most about ${formatDuration(left)} left`}`;
}

function percent(done: number, total: number): string {
  return total > 0 ? ` (${Math.floor((done / total) * 100)} %)` : "";
}

/** Milliseconds, if the rest goes on as before. */
function timeLeft(elapsedMs: number, done: number, rest: number): number | undefined {
  return done > 0 && rest > 0 ? (elapsedMs / done) * rest : undefined;
}
