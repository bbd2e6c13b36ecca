import type { ProgressEvent } from "../image/progress.ts";

/** What a container tells of its image before anything runs. */
export type ContainerProgress =
  | { readonly kind: "found"; readonly image: string }
  | { readonly kind: "building"; readonly image: string; readonly base: string }
  | ({ readonly kind: "output" } & ProgressEvent)
  | { readonly kind: "built"; readonly image: string; readonly milliseconds: number }
  | { readonly kind: "warning"; readonly text: string };

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Writes progress as lines; on a terminal the output of a build is one line that changes. */
export function progressWriter(terminal: Terminal = process.stderr): (event: ContainerProgress) => void {
  const line = (text: string): void => void terminal.write(`${clear(terminal)}polyloom: ${text}\n`);
  return (event) => {
    switch (event.kind) {
      case "found":
        return line(`found ${event.image}`);
      case "building":
        return line(`building ${event.image} on ${event.base}`);
      case "built":
        return line(`built ${event.image} in ${(event.milliseconds / 1000).toFixed(1)} s`);
      case "warning":
        return line(`warning: ${event.text}`);
      case "output":
        if (terminal.isTTY === true) terminal.write(`${clear(terminal)}${lastLine(event, terminal.columns ?? 80)}`);
        return;
      default:
        event satisfies never;
    }
  };
}

function clear(terminal: Terminal): string {
  return terminal.isTTY === true ? "\r\u001b[2K" : "";
}

function lastLine({ text, layer }: ProgressEvent, columns: number): string {
  const line = text.trimEnd().split("\n").at(-1)!;
  // Output of a build is anybody's: no control sequence of it reaches the terminal.
  return `${layer === undefined ? "" : `${layer} `}${line}`.replace(/\p{Cc}/gu, " ").slice(0, columns - 1);
}
