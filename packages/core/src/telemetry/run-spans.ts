import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { NodeRetrying, NodeStarted, RunEnded, RunEvent, RunStarted } from "../observe/event.ts";
import type { Attempt } from "../observe/observer.ts";
import { NodeSpans } from "./node-spans.ts";

/** The spans of one run: the run's own, a node's for each activation, an attempt's for each attempt. */
export class RunSpans {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  /** Milliseconds of the epoch at zero of the run's clock. */
  readonly #epoch: number;
  readonly #nodes: Map<string, NodeSpans> = new Map();

  /** Starts the run's span, below the span that is active where `execute` was called. */
  constructor(tracer: Tracer, { time, runId, workflow, runtime }: RunStarted) {
    this.#tracer = tracer;
    this.#epoch = performance.timeOrigin + performance.now() - time;
    const attributes = { "polyloom.run.id": runId, "polyloom.workflow": workflow, "polyloom.runtime": runtime };
    const parent = context.active();
    this.#span = tracer.startSpan(`run ${workflow}`, { startTime: this.#epoch + time, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  /** The context that the code of an attempt runs in: what it starts itself is below the attempt's span. */
  begin(attempt: Attempt): Context {
    return this.#nodes.get(attempt.nodeId)?.begin(attempt) ?? this.#context;
  }

  /** Takes note of an event. */
  note(event: RunEvent): void {
    const at = this.#epoch + event.time;
    switch (event.type) {
      case "node.started":
        return this.#startNode(event, at);
      case "node.retrying":
        return this.#retry(event, at);
      case "node.completed":
      case "node.failed":
      case "node.cancelled":
        this.#nodes.get(event.nodeId)?.end(event, at);
        return void this.#nodes.delete(event.nodeId);
      case "node.skipped":
        return this.#add(
          "node.skipped",
          { "polyloom.node.id": event.nodeId, "polyloom.iteration": event.iteration },
          at,
        );
      case "cycle.iteration":
        return this.#add(
          "cycle.iteration",
          { "polyloom.cycle": event.cycle, "polyloom.iteration": event.iteration },
          at,
        );
      case "cycle.ended": {
        const { cycle, iterations, reason } = event;
        return this.#add(
          "cycle.ended",
          { "polyloom.cycle": cycle, "polyloom.iterations": iterations, "polyloom.reason": reason },
          at,
        );
      }
      case "validation.issue": {
        const { nodeId, port, side, kind } = event;
        const attributes = {
          "polyloom.node.id": nodeId,
          "polyloom.port": port,
          "polyloom.side": side,
          "polyloom.kind": kind,
        };
        return this.#add("validation.issue", attributes, at);
      }
      case "run.ended":
        return this.#end(event, at);
      default:
    }
  }

  #startNode(event: NodeStarted, at: number): void {
    this.#nodes.set(event.nodeId, new NodeSpans(this.#tracer, this.#context, event, at));
  }

  #retry(event: NodeRetrying, at: number): void {
    this.#nodes.get(event.nodeId)?.retry(event, at);
  }

  #add(name: string, attributes: Attributes, at: number): void {
    this.#span.addEvent(name, attributes, at);
  }

  #end({ status, error }: RunEnded, at: number): void {
    this.#span.setAttribute("polyloom.status", status);
    if (error !== undefined) {
      this.#span.setAttribute("error.type", error.code);
      if (error.nodeId !== undefined) this.#span.setAttribute("polyloom.node.id", error.nodeId);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    }
    this.#span.end(at);
  }
}
