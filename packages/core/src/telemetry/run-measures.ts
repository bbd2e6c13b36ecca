import { type Attributes, type Counter, type Histogram, type Meter, metrics } from "@opentelemetry/api";
import type { NodeCancelled, NodeCompleted, NodeFailed, RunEvent } from "../observe/event.ts";

/** Seconds: from nodes that only add numbers to nodes that train models. */
const BOUNDARIES = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800];

/** The instruments that runs are counted and timed with. */
export class RunMeasures {
  readonly #runs: Counter;
  readonly #failures: Counter;
  readonly #retries: Counter;
  readonly #iterations: Counter;
  readonly #runDuration: Histogram;
  readonly #nodeDuration: Histogram;
  /** Names of the workflows that run, by run. */
  readonly #workflows: Map<string, string> = new Map();

  /** Makes the instruments; without a meter, from the global provider as it is now. */
  constructor(meter: Meter = metrics.getMeter("@polyloom/core")) {
    const advice = { explicitBucketBoundaries: BOUNDARIES };
    this.#runs = meter.createCounter("polyloom.runs", { unit: "{run}", description: "Runs that ended, by status." });
    this.#failures = meter.createCounter("polyloom.node.failures", {
      unit: "{failure}",
      description: "Nodes that failed for good, by code.",
    });
    this.#retries = meter.createCounter("polyloom.node.retries", {
      unit: "{retry}",
      description: "Attempts after the first.",
    });
    this.#iterations = meter.createCounter("polyloom.cycle.iterations", {
      unit: "{iteration}",
      description: "Completed iterations of cycles.",
    });
    this.#runDuration = meter.createHistogram("polyloom.run.duration", {
      unit: "s",
      description: "Duration of runs.",
      advice,
    });
    this.#nodeDuration = meter.createHistogram("polyloom.node.duration", {
      unit: "s",
      description: "Duration of node activations, all attempts included.",
      advice,
    });
  }

  /** Takes note of an event. */
  note(event: RunEvent): void {
    if (event.type === "run.started") this.#workflows.set(event.runId, event.workflow);
    const workflow = { "polyloom.workflow": this.#workflows.get(event.runId) ?? "" };
    switch (event.type) {
      case "node.completed":
      case "node.failed":
      case "node.cancelled":
        return this.#nodeEnded(event, workflow);
      case "node.retrying":
        return this.#retries.add(1, { ...workflow, "polyloom.node.id": event.nodeId });
      case "cycle.iteration":
        return this.#iterations.add(1, { ...workflow, "polyloom.cycle": event.cycle });
      case "run.ended": {
        const attributes = { ...workflow, "polyloom.status": event.status };
        this.#runs.add(1, attributes);
        this.#runDuration.record(event.durationMs / 1000, attributes);
        return void this.#workflows.delete(event.runId);
      }
      default:
    }
  }

  #nodeEnded(event: NodeCompleted | NodeFailed | NodeCancelled, workflow: Attributes): void {
    const node = { ...workflow, "polyloom.node.id": event.nodeId };
    this.#nodeDuration.record(event.durationMs / 1000, {
      ...node,
      "polyloom.status": event.type.slice("node.".length),
    });
    if (event.type === "node.failed") this.#failures.add(1, { ...node, "error.type": event.code });
  }
}
