import type { ContainerEngine, ContainerSpec } from "@polyloom/containers";
import { type AgentSettings, SETTINGS_VARIABLE } from "../line/message.ts";
import type { ContainerPlan } from "../settings/container-plan.ts";
import { agentCommand } from "./agent-command.ts";
import type { Tokens } from "./agent-link.ts";
import { type Door, SocketDoor, StdioDoor, type Transport } from "./door.ts";

/** What every container of a pool is made with. */
export interface ContainerSetup {
  readonly engine: ContainerEngine;
  readonly transport: Transport;
  /** Where its socket is to be, which is made and removed. */
  readonly folder: string;
  readonly mounts: ContainerPlan["mounts"];
  readonly workingDirectory: string | undefined;
  readonly flags: readonly string[];
  readonly maxMessageBytes: number;
  readonly unresponsiveMs: number;
}

/** The door that a container is to come through. */
export function openDoor({ transport, folder, maxMessageBytes }: ContainerSetup): Promise<Door> | Door {
  return transport === "socket" ? SocketDoor.open(folder, maxMessageBytes) : new StdioDoor(maxMessageBytes);
}

/** A plan as the engine layer takes it, with the agent that connects through a door. */
export function containerSpec(plan: ContainerPlan, setup: ContainerSetup, door: Door, tokens: Tokens): ContainerSpec {
  const settings: AgentSettings = {
    token: tokens.agent,
    worker: tokens.worker,
    maxBytes: setup.maxMessageBytes,
    ...(door.socket !== undefined && { socket: door.socket }),
    ...(plan.heapMegabytes !== undefined && { heapMegabytes: plan.heapMegabytes }),
  };
  return {
    ...agentCommand(setup.flags),
    image: plan.image,
    env: { ...plan.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    role: "warm",
    // A warm container may write that much in each of its calls: it is counted here.
    limits: { ...plan.limits, outputBytes: false },
    profile: plan.profile,
    mounts: [...setup.mounts, ...plan.mounts, ...door.mounts],
    ...(setup.workingDirectory !== undefined && { workingDirectory: setup.workingDirectory }),
    ...(setup.transport === "stdio" && { stdin: true, stdout: "stream" }),
  };
}
