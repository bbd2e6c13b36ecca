import { context, type Meter, trace, type Tracer } from "@opentelemetry/api";
import type { RunEvent } from "./observe/event.ts";
import type { Attempt, Observer } from "./observe/observer.ts";
import { RunMeasures } from "./telemetry/run-measures.ts";
import { RunSpans } from "./telemetry/run-spans.ts";

/** Options of {@link openTelemetryObserver}. */
export interface OpenTelemetryOptions {
  /** Default: the tracer `@polyloom/core` of the global provider. */
  readonly tracer?: Tracer;
  /** Default: the meter `@polyloom/core` of the global provider, asked for when the first run starts. */
  readonly meter?: Meter;
}

/** Makes an observer that records runs as spans (run, node, attempt; iterations as events) and as metrics. */
export function openTelemetryObserver(options: OpenTelemetryOptions = {}): Observer {
  return new OpenTelemetryObserver(options);
}

class OpenTelemetryObserver implements Observer {
  readonly #tracer: Tracer;
  readonly #meter: Meter | undefined;
  readonly #spans: Map<string, RunSpans> = new Map();
  #measures: RunMeasures | undefined;

  constructor({ tracer, meter }: OpenTelemetryOptions) {
    this.#tracer = tracer ?? trace.getTracer("@polyloom/core");
    this.#meter = meter;
  }

  onEvent(event: RunEvent): void {
    this.#measures ??= new RunMeasures(this.#meter);
    this.#measures.note(event);
    if (event.type === "run.started") this.#spans.set(event.runId, new RunSpans(this.#tracer, event));
    else this.#spans.get(event.runId)?.note(event);
    if (event.type === "run.ended") this.#spans.delete(event.runId);
  }

  around<T>(attempt: Attempt, invoke: () => T): T {
    const spans = this.#spans.get(attempt.runId);
    return spans === undefined ? invoke() : context.with(spans.begin(attempt), invoke);
  }
}
