import { type Context, type Span, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { NodeCancelled, NodeCompleted, NodeFailed, NodeRetrying, NodeStarted } from "../observe/event.ts";

/** The spans of one activation of a node: its own, and one for each attempt. */
export class NodeSpans {
  readonly #tracer: Tracer;
  readonly #id: string;
  readonly #span: Span;
  readonly #context: Context;
  #attempt = 0;
  #attemptSpan: Span | undefined;
  /** When the attempt after a failed one may begin at the earliest. */
  #nextAt: number | undefined;

  /** Starts the node's span and that of its first attempt. */
  constructor(tracer: Tracer, parent: Context, { nodeId, iteration }: NodeStarted, at: number) {
    this.#tracer = tracer;
    this.#id = nodeId;
    const attributes = { "polyloom.node.id": nodeId, ...(iteration > 0 ? { "polyloom.iteration": iteration } : {}) };
    this.#span = tracer.startSpan(`node ${nodeId}`, { startTime: at, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
    this.#begin(at);
  }

  /** An attempt failed; the next begins after its wait. */
  retry({ attempt, delayMs, message }: NodeRetrying, at: number): void {
    this.#span.addEvent(
      "node.retrying",
      { "polyloom.attempt": attempt, "polyloom.delay_ms": delayMs, "exception.message": message },
      at,
    );
    this.#beginNext(at);
    // The items of a map retry on their own: they share this one attempt.
    if (attempt !== this.#attempt) return;
    this.#attemptSpan?.setStatus({ code: SpanStatusCode.ERROR, message });
    this.#endAttempt(at);
    this.#nextAt = at + delayMs;
  }

  /** The activation is over. */
  end(event: NodeCompleted | NodeFailed | NodeCancelled, at: number): void {
    this.#beginNext(at);
    const status = event.type.slice("node.".length);
    for (const span of [this.#attemptSpan, this.#span]) {
      span?.setAttribute("polyloom.status", status);
      if (span !== undefined && event.type === "node.failed") fail(span, event, at);
    }
    this.#span.setAttribute("polyloom.attempts", this.#attempt);
    this.#endAttempt(at);
    this.#span.end(at);
  }

  /** No event tells when a later attempt begins: it is taken to begin when its wait is over. */
  #beginNext(now: number): void {
    if (this.#nextAt === undefined || this.#nextAt > now) return;
    this.#begin(this.#nextAt);
    this.#nextAt = undefined;
  }

  #begin(at: number): void {
    const attributes = { "polyloom.node.id": this.#id, "polyloom.attempt": ++this.#attempt };
    this.#attemptSpan = this.#tracer.startSpan(`attempt ${this.#id}`, { startTime: at, attributes }, this.#context);
  }

  #endAttempt(at: number): void {
    this.#attemptSpan?.end(at);
    this.#attemptSpan = undefined;
  }
}

function fail(span: Span, { code, message }: NodeFailed, at: number): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: code, message }, at);
}
