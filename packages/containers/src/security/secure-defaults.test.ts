import { describe, expect, test } from "vitest";

import type { EngineFacts } from "../engine/facts.ts";
import { type ContainerLimits, resolveLimits } from "./limits.ts";
import { secureDefaults, type SecurityProfile } from "./secure-defaults.ts";

const facts: EngineFacts = {
  version: "20.10.24",
  apiVersion: "1.41",
  operatingSystem: "linux",
  architecture: "amd64",
  cpus: 2,
  memoryBytes: 2 ** 33,
  cgroupVersion: 1,
  securityOptions: ["seccomp"],
  runtimes: ["runc"],
  dataRoot: "/var/lib/docker",
  enforces: { memory: true, swap: true, pids: true, cpus: true, cpuShares: true },
};

const configOf = (profile: SecurityProfile, more: Partial<EngineFacts> = {}) =>
  secureDefaults({ limits: resolveLimits(), profile }, { ...facts, ...more });

describe("what a container may do, unless told otherwise", () => {
  test("is as little as can be", () => {
    expect(configOf({})).toEqual({
      NetworkMode: "none",
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=67108864,mode=1777" },
      CapDrop: ["ALL"],
      CapAdd: [],
      SecurityOpt: ["no-new-privileges"],
      Memory: 2 ** 29,
      MemorySwap: 2 ** 29,
      NanoCpus: 1e9,
      PidsLimit: 128,
      Ulimits: [
        { Name: "nofile", Soft: 1024, Hard: 1024 },
        { Name: "fsize", Soft: 2 ** 30, Hard: 2 ** 30 },
        { Name: "core", Soft: 0, Hard: 0 },
      ],
      Mounts: [],
      PortBindings: {},
      Init: true,
      IpcMode: "none",
      LogConfig: { Type: "none", Config: {} },
      AutoRemove: true,
      Privileged: false,
    });
  });
});

describe("a profile", () => {
  test.each<[SecurityProfile, string]>([
    [{ apparmor: "polyloom" }, "security_unenforceable"],
    [{ runtime: "runsc" }, "security_unenforceable"],
    [{ seccomp: "unconfined" }, "container_options_invalid"],
    [{ apparmor: "unconfined" }, "container_options_invalid"],
    [{ network: "host" }, "container_options_invalid"],
    [{ network: "container:other" }, "container_options_invalid"],
    [{ capabilities: ["SYS_ADMIN"] }, "container_options_invalid"],
    [{ capabilities: ["cap_all"] }, "container_options_invalid"],
  ])("%j is an error, and no silent downgrade", (profile, code) => {
    expect(() => configOf(profile)).toThrow(expect.objectContaining({ code }));
  });

  test("that the engine can enforce is asked for", () => {
    const able = { securityOptions: ["seccomp", "apparmor"], runtimes: ["runc", "runsc"] };
    expect(configOf({ apparmor: "polyloom", runtime: "runsc", capabilities: ["cap_chown"] }, able)).toMatchObject({
      SecurityOpt: ["no-new-privileges", "apparmor=polyloom"],
      Runtime: "runsc",
      CapAdd: ["CHOWN"],
    });
  });

  test("needs an engine with seccomp", () => {
    expect(() => configOf({}, { securityOptions: [] })).toThrow(
      expect.objectContaining({ code: "security_unenforceable" }),
    );
  });
});

describe("limits", () => {
  test.each<[ContainerLimits]>([
    [{ memory: "6m" }],
    [{ memory: "much" as never }],
    [{ pids: 8 }],
    [{ pids: 20.5 }],
    [{ cpus: 0 }],
    [{ cpus: NaN }],
    [{ openFiles: -1 }],
    [{ timeoutMs: 0 }],
    [{ tmpSize: "0" }],
  ])("%j are refused", (limits) => {
    expect(() => resolveLimits(limits)).toThrow(expect.objectContaining({ code: "container_options_invalid" }));
  });

  test("take sizes as text, and false for none", () => {
    expect(resolveLimits({ memory: "1.5g", pids: false, cpus: 0.5 })).toMatchObject({
      memory: 1.5 * 2 ** 30,
      pids: undefined,
      cpus: 0.5,
    });
  });

  test.each(["memory", "swap", "pids", "cpus"] as const)("that the engine cannot enforce are an error: %s", (means) => {
    const enforces = { ...facts.enforces, [means]: false };
    expect(() => configOf({}, { enforces })).toThrow(expect.objectContaining({ code: "security_unenforceable" }));
  });

  test("that are left out by name need no engine that can", () => {
    const limits = resolveLimits({ pids: false });
    const enforces = { ...facts.enforces, pids: false };
    expect(secureDefaults({ limits }, { ...facts, enforces })).not.toHaveProperty("PidsLimit");
  });
});
