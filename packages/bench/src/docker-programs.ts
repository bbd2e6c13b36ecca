import { ACTOR } from "./programs/actor-row.ts";
import { CONTAINERS } from "./programs/container-rows.ts";
import { DOCKER } from "./programs/docker-rows.ts";
import type { Program } from "./row.ts";

/** The programs of `npm run bench:docker`, which need a container engine or sockets of Linux. */
export const DOCKER_PROGRAMS: readonly Program[] = [CONTAINERS, DOCKER, ACTOR];
