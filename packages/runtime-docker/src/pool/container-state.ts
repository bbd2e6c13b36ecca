/** Where a container of the pool stands; docs/guide/containers.md draws it. */
export type ContainerState =
  /** The engine makes it, and its agent and first worker connect. */
  | "starting"
  /** It waits for work. */
  | "idle"
  | "busy"
  /** Its worker was ended, and another one starts. */
  | "restarting"
  /** It is on its way out, by whatever cause. */
  | "ending"
  | "gone";

const NEXT: Readonly<Record<ContainerState, readonly ContainerState[]>> = {
  starting: ["idle", "ending"],
  idle: ["busy", "restarting", "ending"],
  busy: ["idle", "restarting", "ending"],
  restarting: ["idle", "ending"],
  ending: ["gone"],
  gone: [],
};

/** Whether one state may follow another. */
export function mayFollow(state: ContainerState, next: ContainerState): boolean {
  return NEXT[state].includes(next);
}
