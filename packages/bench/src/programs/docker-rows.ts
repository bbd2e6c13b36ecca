import type { Program, Row, Target } from "../row.ts";

const ECHO = "a framed echo over a plain Unix socket";

/** Calls to nodes in containers, each beside its floor. */
export const DOCKER: Program = {
  name: "docker",
  processes: 3,
  rows: [
    row("docker-warm", `warm call, 1 KB in and out, beside ${ECHO}`, atMost(1.5)),
    row("docker-warm-10mb", `warm call, 10 MB of numbers each way, beside ${ECHO}`, atMost(2)),
    row("docker-stdio", `warm call over stdio, 1 KB, beside ${ECHO}`, atMost(6)),
    row("docker-cold", "call with isolation: container, beside create, start, wait and remove", atMost(1.25)),
    row("docker-four", "40 calls that wait 20 ms, in four warm containers beside one", atMost(1 / 3)),
  ],
};

function row(name: string, title: string, target: Target): Row {
  return { name, title, unit: "ms", target };
}

function atMost(most: number): Target {
  return { kind: "ratio", most };
}
