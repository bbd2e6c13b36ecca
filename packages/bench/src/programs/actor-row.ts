import type { Program } from "../row.ts";

/** The actor beside a bare echo over a Unix socket; 0.8 times its calls a second are 1.25 times its time a call. */
export const ACTOR: Program = {
  name: "actor",
  rows: [
    row("actor", "actor, 1 KB, 16 callers on 16 connections", { kind: "ratio", most: 1.25 }),
    row("actor-connect", "actor, 1 KB, a connection for each call", { kind: "reported" }),
    row("actor-alone", "actor, 1 KB, one caller on one connection", { kind: "reported" }),
  ],
};

function row(name: string, title: string, target: Program["rows"][number]["target"]): Program["rows"][number] {
  return { name, title, unit: "µs/call", target };
}
