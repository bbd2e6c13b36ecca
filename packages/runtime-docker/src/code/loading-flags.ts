import { pathToFileURL } from "node:url";

/** Flags that say how modules load, and one without which threads that strip types may crash. */
const LOADING = /^(--import|--require|-r|--conditions|-C|--(?:experimental-)?loader|--no-memory-protection-keys)(=|$)/;
const PRELOADING = /^(--import|--require|-r|--(?:experimental-)?loader)(=|$)/;
const ALONE = "--no-memory-protection-keys";

/** The flags of this process that say how modules load: a container loads them in the same way. */
export function loadingFlags(flags: readonly string[] = process.execArgv): string[] {
  return flags.flatMap((flag, at) => {
    const [, , separator] = LOADING.exec(flag) ?? [];
    if (separator === undefined) return [];
    return separator === "=" || flag === ALONE || at + 1 === flags.length ? [flag] : [flag, flags[at + 1]!];
  });
}

/** The URLs of the modules among such flags that are named by a path: containers need them as well. */
export function preloadedModules(flags: readonly string[]): string[] {
  return flags.flatMap((flag, at) => {
    const [, name, separator] = PRELOADING.exec(flag) ?? [];
    const value = separator === "=" ? flag.slice(name!.length + 1) : name && flags[at + 1];
    if (value === undefined || !/^(?:\.{0,2}[\\/]|file:)/.test(value)) return [];
    return value.startsWith("file:") ? value : pathToFileURL(value).href;
  });
}

/** The export conditions among such flags. */
export function conditionsOf(flags: readonly string[]): string[] {
  return flags.flatMap((flag, at) => {
    if (flag === "-C" || flag === "--conditions") return flags[at + 1] ?? [];
    return /^--conditions=(.+)$/.exec(flag)?.[1] ?? [];
  });
}
