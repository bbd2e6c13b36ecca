import type { Program } from "../row.ts";

/** The actor beside a bare echo over a Unix socket; 0.8 times its calls a second are 1.25 times its time a call. */
export const ACTOR: Program = {
  name: "actor",
  rows: [
    row("actor", "actor, 1 KB, 4 connections with 64 calls open on each", { kind: "ratio", most: 1.25 }),
    row("actor-waiting", "actor, 1 KB, 16 callers that wait for their replies", { kind: "reported" }),
    row("actor-connect", "actor, 1 KB, a connection for each call", { kind: "reported" }),
    row("actor-alone", "actor, 1 KB, one caller that waits for its reply", { kind: "reported" }),
  ],
};

function row(name: string, title: string, target: Program["rows"][number]["target"]): Program["rows"][number] {
  return { name, title, unit: "µs/call", target };
}
