import { type Context, type Span, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { NodeCancelled, NodeCompleted, NodeFailed, NodeRetrying, NodeStarted } from "../observe/event.ts";
import type { Attempt } from "../observe/observer.ts";

/** The spans of one activation of a node: its own, and one for each attempt. A map has its own alone, whatever its items do. */
export class NodeSpans {
  readonly #tracer: Tracer;
  readonly #id: string;
  readonly #span: Span;
  readonly #context: Context;
  #attemptSpan: Span | undefined;
  /** When the next attempt begins: at once, or when the wait after a failed one is over. */
  #nextAt: number;

  /** Starts the node's span. */
  constructor(tracer: Tracer, parent: Context, { nodeId, iteration }: NodeStarted, at: number) {
    this.#tracer = tracer;
    this.#id = nodeId;
    this.#nextAt = at;
    const attributes = { "polyloom.node.id": nodeId, ...(iteration > 0 ? { "polyloom.iteration": iteration } : {}) };
    this.#span = tracer.startSpan(`node ${nodeId}`, { startTime: at, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  /** An attempt begins: starts its span, and gives the context that the node's code runs in. */
  begin({ attempt, index }: Attempt): Context {
    if (index !== undefined) return this.#context;
    const attributes = { "polyloom.node.id": this.#id, "polyloom.attempt": attempt };
    const options = { startTime: this.#nextAt, attributes };
    this.#attemptSpan = this.#tracer.startSpan(`attempt ${this.#id}`, options, this.#context);
    return trace.setSpan(this.#context, this.#attemptSpan);
  }

  /** An attempt failed, and another follows after a wait. */
  retry({ attempt, delayMs, message, index }: NodeRetrying, at: number): void {
    const item = index === undefined ? {} : { "polyloom.index": index };
    const attributes = {
      "polyloom.attempt": attempt,
      "polyloom.delay_ms": delayMs,
      "exception.message": message,
      ...item,
    };
    this.#span.addEvent("node.retrying", attributes, at);
    if (index !== undefined) return;
    this.#attemptSpan?.setStatus({ code: SpanStatusCode.ERROR, message });
    this.#endAttempt("failed", at);
    this.#nextAt = at + delayMs;
  }

  /** The activation is over. */
  end(event: NodeCompleted | NodeFailed | NodeCancelled, at: number): void {
    const status = event.type.slice("node.".length);
    if (event.type === "node.failed")
      for (const span of [this.#attemptSpan, this.#span]) if (span) fail(span, event, at);
    this.#endAttempt(status, at);
    this.#span.setAttribute("polyloom.status", status);
    if ("attempts" in event) this.#span.setAttribute("polyloom.attempts", event.attempts);
    this.#span.end(at);
  }

  #endAttempt(status: string, at: number): void {
    this.#attemptSpan?.setAttribute("polyloom.status", status);
    this.#attemptSpan?.end(at);
    this.#attemptSpan = undefined;
  }
}

function fail(span: Span, { code, message }: NodeFailed, at: number): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: code, message }, at);
}
