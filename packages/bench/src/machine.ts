import { cpus, loadavg, totalmem } from "node:os";

/** What figures were measured on. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMB: number;
  /** Load average of the last minute, before anything was measured; 0 on Windows. */
  readonly load: number;
}

/** Looks at the machine as it is now. */
export function thisMachine(): Machine {
  const cores = cpus();
  return {
    node: process.version,
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryMB: Math.round(totalmem() / 2 ** 20),
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

/** The machine in a line, which says when others were at work on it. */
export function machineText({ node, cpu, cores, load }: Machine): string {
  const busy = load > cores / 4 ? " (busy: measure again when it is quiet)" : "";
  return `Node ${node}, ${cores} × ${cpu}, load ${load} before the start${busy}`;
}
