import { type Clock, systemClock } from "../execute/clock.ts";
import { columnsIn, type Paint, painter, plainText, shortened, takesColor } from "../report/terminal-text.ts";
import type { RunEvent } from "./event.ts";
import type { Observer } from "./observer.ts";
import { RunProgress, type ViewLine } from "./run-progress.ts";

/** What a view writes to: standard error, or a stream like it. */
export interface ViewStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Options of {@link progressView}. */
export interface ProgressViewOptions {
  /** Default: standard error. */
  readonly stream?: ViewStream;
  /** Default: the machine's, with timers that keep no process alive. */
  readonly clock?: Pick<Clock, "now" | "set" | "clear">;
  /** Default: whether the stream is a terminal and `NO_COLOR` is unset. */
  readonly color?: boolean;
}

/** An observer that shows how far runs are. */
export interface ProgressView extends Observer {
  onEvent(event: RunEvent): void;
  /** Takes the view off the terminal before its runs have ended; nothing is shown any more. */
  close(): void;
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 1000;

const VIEW_CLOCK: ProgressViewOptions["clock"] & object = {
  ...systemClock,
  set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
};

/** Shows running nodes, counters and the time left of maps and cycles: live on a terminal, else as plain lines. */
export function progressView(options: ProgressViewOptions = {}): ProgressView {
  return new View(options);
}

class View implements ProgressView {
  readonly #stream: ViewStream;
  readonly #clock: Pick<Clock, "now" | "set" | "clear">;
  readonly #paint: Paint;
  readonly #isLive: boolean;
  readonly #runs: Map<string, RunProgress> = new Map();
  #timer: unknown;
  /** What is on the terminal, or was the last plain line, of the runs that go on. */
  #shown = "";
  #closed = false;

  constructor({ stream = process.stderr, clock = VIEW_CLOCK, color = takesColor(stream) }: ProgressViewOptions) {
    this.#stream = stream;
    this.#clock = clock;
    this.#paint = painter(color);
    this.#isLive = stream.isTTY === true;
  }

  onEvent(event: RunEvent): void {
    if (this.#closed) return;
    const now = this.#clock.now();
    if (event.type === "run.started") this.#start(new RunProgress(event, now), event.runId);
    const run = this.#runs.get(event.runId);
    run?.note(event, now);
    if (event.type === "node.failed")
      this.#say({ mark: "✗", style: "red", text: `${plainText(event.nodeId)} failed: ${plainText(event.message)}` });
    if (event.type === "run.ended" && run !== undefined) this.#end(event.runId, run.endLine(event));
  }

  close(): void {
    this.#closed = true;
    this.#runs.clear();
    this.#stop();
    if (this.#isLive) this.#draw([]);
  }

  #start(run: RunProgress, runId: string): void {
    this.#runs.set(runId, run);
    if (this.#isLive) this.#draw(this.#lines());
    else this.#stream.write(`${run.workflow} started\n`);
    if (this.#timer === undefined) this.#arm();
  }

  #end(runId: string, line: ViewLine): void {
    this.#runs.delete(runId);
    this.#say(line);
    if (this.#runs.size === 0) this.#stop();
  }

  #arm(): void {
    this.#timer = this.#clock.set(() => this.#tick(), this.#isLive ? REDRAW_MS : PLAIN_LINE_MS);
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#arm();
    if (this.#isLive) return this.#draw(this.#lines());
    const lines = [...this.#runs.values()].map((run) => `${run.workflow}: ${run.counters}\n`).join("");
    if (lines !== this.#shown) this.#stream.write(lines);
    this.#shown = lines;
  }

  /** Writes a line that stays, above what is drawn again. */
  #say(line: ViewLine): void {
    const text = `${this.#written(line)}\n`;
    this.#stream.write(this.#isLive ? `${erased(this.#shown)}${text}` : text);
    if (!this.#isLive) return;
    this.#shown = "";
    this.#draw(this.#lines());
  }

  #lines(): ViewLine[] {
    const now = this.#clock.now();
    return [...this.#runs.values()].flatMap((run) => run.lines(now));
  }

  /** Puts lines in the place of those that were drawn before, in one write; the cursor is never hidden, so that a killed process leaves it as it was. */
  #draw(lines: readonly ViewLine[]): void {
    const visible = lines.slice(0, Math.max((this.#stream.rows || 24) - 1, 1));
    const frame = visible.map((line) => `${this.#written(line)}\n`).join("");
    if (frame === this.#shown) return;
    this.#stream.write(`${erased(this.#shown)}${frame}`);
    this.#shown = frame;
  }

  /** A drawn line that wraps would be erased in part. */
  #written({ mark, style, text }: ViewLine): string {
    const room = this.#isLive ? columnsIn(this.#stream, 80) - mark.length - 2 : Infinity;
    return `${this.#paint(mark, style)} ${shortened(text, room)}`;
  }
}

/** Goes up to the first line of what was drawn, and clears from there. */
function erased(shown: string): string {
  const height = shown.split("\n").length - 1;
  return height === 0 ? "" : `\u001b[${height}F\u001b[J`;
}
